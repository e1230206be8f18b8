import { stringify } from 'csv-stringify/sync';
import type { PayhipSale } from './sale.ts';

// The CSV that a seller exports manually. Payhip does not publish its columns: these are likely ones.

export function exportCsv(sales: Iterable<PayhipSale>): string {
  const paid = [...sales].filter(({ isPaid }) => isPaid);
  const rows = paid.map((sale) => ({
    'Transaction ID': sale.id,
    Date: new Date(sale.soldAtMs).toISOString().slice(0, 19).replace('T', ' '),
    Email: sale.email,
    'Product Name': sale.product.name,
    Quantity: sale.quantity,
    Currency: sale.product.currency,
    Price: (sale.cents / 100).toFixed(2),
    'Amount Refunded': (sale.refundedCents / 100).toFixed(2),
    'Payment Type': sale.payBy,
  }));
  const columns = [
    'Transaction ID',
    'Date',
    'Email',
    'Product Name',
    'Quantity',
    'Currency',
    'Price',
    'Amount Refunded',
    'Payment Type',
  ];
  return stringify(rows, { header: true, columns, bom: true });
}
