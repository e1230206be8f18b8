// Payhip: the CSV of sales that the seller exports by hand. Its columns are not published, so they are known by many names
// and may stand in any order; unknown ones are passed over. What a line says twice or unclearly is not guessed at.
import { asProviderReference } from '#kernel/ids.ts';
import { currencyDigits, isCurrency } from '#kernel/money.ts';
import type { ChannelExport, ExportedOrder, LineFault, UnreadableLine } from '../../ports/sales-channel.ts';
import { type ExportLine, readLines } from './export-lines.ts';
import { currencyIn, type DayOrder, dayOrderOf, readAmount, readDate } from './export-values.ts';

const columnNames = {
  reference: ['transactionid', 'transaction', 'saleid', 'orderid', 'ordernumber', 'paymentid', 'id'],
  email: ['email', 'buyeremail', 'customeremail', 'emailaddress', 'buyer', 'customer'],
  amount: ['price', 'amount', 'total', 'totalprice', 'saleprice', 'ordertotal', 'amountpaid', 'gross', 'grossamount'],
  currency: ['currency', 'currencycode'],
  date: ['date', 'saledate', 'purchasedate', 'orderdate', 'datecreated', 'createdat', 'created', 'datetime', 'time'],
  returned: ['amountrefunded', 'refundedamount', 'refundamount'],
  isReturned: ['refunded', 'refund', 'isrefunded'],
  status: ['status', 'state', 'paymentstatus', 'salestatus', 'type'],
  product: ['productname', 'product', 'item', 'itemname', 'producttitle', 'title', 'products', 'items'],
} as const;
type Column = keyof typeof columnNames;
type Columns = Partial<Record<Column, number>>;

/** Some exports begin with a title. */
const headerWithin = 10;
const linesMax = 20_000;

export function readChannelExport(bytes: Uint8Array): ChannelExport {
  const text = decode(bytes);
  if (text === undefined) return { kind: 'not_an_export', code: 'not_text' };
  const { lines, unreadable } = readLines(text);
  const headerAt = lines.slice(0, headerWithin).findIndex(({ fields }) => isHeader(columnsOf(fields)));
  const header = lines[headerAt];
  if (header === undefined) {
    return { kind: 'not_an_export', code: 'no_header' };
  }
  const columns = columnsOf(header.fields);
  const body = lines.slice(headerAt + 1);
  if (body.length > linesMax) return { kind: 'not_an_export', code: 'too_many_lines', linesMax };
  const order = dayOrderOf(body.map((line) => cellOf(line, columns, 'date')));
  const read = body.map((line) => readLine(line, { columns, order }));
  const refused = read.filter((result) => 'fault' in result);
  const sales = read.filter((result): result is ExportedOrder => !('fault' in result));
  const faults = [...unreadable, ...refused].sort((left, right) => left.line - right.line);
  return { kind: 'read', sales: mergeByReference(sales), unreadable: faults };
}

/** UTF-8 or, by its mark, UTF-16; an old spreadsheet's Latin letters are taken as they are. */
function decode(bytes: Uint8Array): string | undefined {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (isWide) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function columnsOf(fields: readonly string[]): Columns {
  const names = fields.map((field) => field.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  const columns: Columns = {};
  for (const [column, known] of Object.entries(columnNames) as [Column, readonly string[]][]) {
    // The first name of our list wins, not the first column: `id` may stand in front of `transaction id`.
    const at = known.map((name) => names.indexOf(name)).find((index) => index >= 0);
    if (at !== undefined) columns[column] = at;
  }
  return columns;
}

function isHeader(columns: Columns): boolean {
  return columns.amount !== undefined && (columns.reference !== undefined || columns.email !== undefined);
}

function cellOf({ fields }: ExportLine, columns: Columns, column: Column): string {
  const at = columns[column];
  return at === undefined ? '' : (fields[at] ?? '').trim();
}

type ReadLine = ExportedOrder | UnreadableLine;

function readLine(line: ExportLine, about: { columns: Columns; order: DayOrder | undefined }): ReadLine {
  const value = (column: Column): string => cellOf(line, about.columns, column);
  const refuse = (fault: LineFault): ReadLine => ({ line: line.line, fault });
  // A spreadsheet puts an apostrophe in front of what it must not take for a number or a formula.
  const id = value('reference').replace(/^['#]+/, '');
  const email = value('email').toLowerCase();
  const isNamed = /^[\w-]{1,128}$/.test(id);
  if (id !== '' && !isNamed) return refuse('transaction_unreadable');
  if (!isNamed && !email.includes('@')) return refuse('not_named');
  const amountText = value('amount');
  const currency = value('currency').toUpperCase() || currencyIn(amountText) || null;
  if (currency !== null && !isCurrency(currency)) return refuse('currency_unknown');
  const digits = currency === null ? 2 : currencyDigits(currency);
  const amount = readAmount(amountText, digits);
  if (amount === undefined) return refuse('amount_unreadable');
  const returned = returnedIn(value, { amount, digits });
  if (returned === undefined) return refuse('refunded_amount_unreadable');
  return {
    line: line.line,
    lineCount: 1,
    reference: isNamed ? asProviderReference(id) : null,
    customerEmail: email.includes('@') ? email : null,
    currency,
    amountMinor: Math.max(amount, 0),
    amountOtherwiseMinor: Math.max(amount, 0),
    returnedMinor: returned,
    productNames: [value('product')].filter((name) => name !== ''),
    soldAt: readDate(value('date'), about.order) ?? null,
  };
}

/** Undefined when something was refunded and cannot be read; `unknown` when only its amount is not named. */
function returnedIn(
  value: (column: Column) => string,
  { amount, digits }: { amount: number; digits: number },
): number | 'unknown' | undefined {
  if (amount < 0) return -amount;
  const text = value('returned');
  if (text !== '') {
    const read = readAmount(text, digits);
    return read === undefined ? undefined : Math.abs(read);
  }
  const mark = value('isReturned').toLowerCase();
  const status = value('status')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');
  if (/^(?:refunded|fullyrefunded|fullrefund)$/.test(status)) return amount;
  if (/partial.*refund|refund.*partial/.test(status)) return 'unknown';
  if (/^(?:|no|false|0|n|-|–)$/.test(mark)) return 0;
  if (/^(?:yes|true|1|y|x|partial|partially)$/.test(mark)) return 'unknown';
  const read = readAmount(value('isReturned'), digits);
  return read === undefined ? undefined : Math.abs(read);
}

/** Several lines may belong to one order: one for each item, or one more for what was refunded. */
function mergeByReference(lines: readonly ExportedOrder[]): ExportedOrder[] {
  const merged = new Map<string, ExportedOrder>();
  for (const order of lines) {
    const key = order.reference ?? `line ${order.line}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? order : mergeTwo(known, order));
  }
  return [...merged.values()];
}

function mergeTwo(known: ExportedOrder, order: ExportedOrder): ExportedOrder {
  const isUnknown = known.returnedMinor === 'unknown' || order.returnedMinor === 'unknown';
  return {
    ...known,
    lineCount: known.lineCount + 1,
    customerEmail: known.customerEmail ?? order.customerEmail,
    currency: known.currency ?? order.currency,
    amountMinor: Math.max(known.amountMinor, order.amountMinor),
    amountOtherwiseMinor: known.amountOtherwiseMinor + order.amountOtherwiseMinor,
    returnedMinor: isUnknown ? 'unknown' : Math.max(Number(known.returnedMinor), Number(order.returnedMinor)),
    productNames: [...new Set([...known.productNames, ...order.productNames])],
    soldAt: known.soldAt ?? order.soldAt,
  };
}
