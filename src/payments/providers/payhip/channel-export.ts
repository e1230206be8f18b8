// Payhip: the CSV of sales that the seller exports by hand. Its columns are not published, so they are known by many names
// and may stand in any order; unknown ones are passed over. What a line says twice or unclearly is not guessed at.
import { asProviderReference } from '#kernel/ids.ts';
import { compareDecimals, isCurrency, minorIn, sumDecimals } from '#kernel/money.ts';
import { mapInSlices } from '#kernel/page.ts';
import { clip } from '#kernel/text.ts';
import { moneyIn, readingsIn } from '../../ports/exported-money.ts';
import type {
  ChannelExport,
  ExportedAmounts,
  ExportedOrder,
  LineFault,
  UnreadableLine,
} from '../../ports/sales-channel.ts';
import { currenciesIn, readAmount, type WrittenAmount } from './export-amounts.ts';
import { type DayOrder, dayOrderOf, readDate } from './export-dates.ts';
import { type ExportLine, readLines } from './export-lines.ts';
import { readExportText } from './export-text.ts';

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
/** No order has more products; a file whose lines all name one transaction has. */
const productsMax = 50;
const productUnitsMax = 300;
/** An e-mail address is the longest text that is looked into, and the name of a column is shorter. */
const cellUnitsMax = 320;

export async function readChannelExport(file: Uint8Array): Promise<ChannelExport> {
  const read = readExportText(file, { recordsMax: linesMax });
  if (read.kind === 'not_an_export') return read;
  const { lines, unreadable, isCut } = await readLines(read.bytes, { recordsMax: linesMax + headerWithin });
  const headerAt = lines.slice(0, headerWithin).findIndex(({ fields }) => isHeader(columnsOf(fields)));
  const header = lines[headerAt];
  if (header === undefined) return { kind: 'not_an_export', code: 'no_header' };
  const columns = columnsOf(header.fields);
  const headers = [columns.amount, columns.returned].map((at) => currencyInBrackets(header.fields[at ?? -1] ?? ''));
  const body = lines.slice(headerAt + 1);
  if (isCut || body.length > linesMax) return { kind: 'not_an_export', code: 'too_many_lines', linesMax };
  const order = dayOrderOf(body.map((line) => cellOf(line, columns, 'date')));
  const results = await mapInSlices(body, (line) => readLine(line, { columns, headers, order }));
  const refused = results.filter((result) => 'fault' in result);
  const sales = results.filter((result): result is ExportedOrder => !('fault' in result));
  const merged = await mergeByReference(sales);
  const faults = [...unreadable, ...refused, ...merged.faults].sort((left, right) => left.line - right.line);
  return { kind: 'read', sales: merged.sales, unreadable: faults };
}

function columnsOf(fields: readonly string[]): Columns {
  // `Price (USD)`: what stands in brackets explains the name.
  const bare = (field: string): string =>
    field
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/\([^()]*\)/g, '')
      .replaceAll(/[^a-z0-9]/g, '');
  const names = fields.map((field) => (field.length > cellUnitsMax ? '' : bare(field)));
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

/** `Price (USD)` tells the currency of all cells below. */
function currencyInBrackets(header: string): string {
  const code = /\(([A-Z]{3})\)/.exec(header)?.[1] ?? '';
  return isCurrency(code) ? code : '';
}

function cellOf({ fields }: ExportLine, columns: Columns, column: Column): string {
  const at = columns[column];
  return at === undefined ? '' : (fields[at] ?? '').trim();
}

type ReadLine = ExportedOrder | UnreadableLine;

interface Layout {
  columns: Columns;
  /** Currencies that the headers of amounts name, empty where they name none. */
  headers: readonly string[];
  order: DayOrder | undefined;
}

function readLine(line: ExportLine, { columns, headers, order }: Layout): ReadLine {
  const value = (column: Column): string => cellOf(line, columns, column);
  const refuse = (fault: LineFault): ReadLine => ({ line: line.line, fault });
  const { product: _, ...looked } = columns;
  if (Object.values(looked).some((at) => (line.fields[at] ?? '').length > cellUnitsMax)) return refuse('too_long');
  // A spreadsheet puts an apostrophe in front of what it must not take for a number or a formula.
  const id = value('reference').replace(/^['#]+/, '');
  if (line.fields.some((field) => field.includes('\0'))) return refuse('damaged');
  const email = value('email').toLowerCase();
  const isNamed = /^[\w-]{1,128}$/.test(id);
  if (id !== '' && !isNamed) return refuse('transaction_unreadable');
  if (!isNamed && !email.includes('@')) return refuse('not_named');
  const amount = readAmount(value('amount'));
  if (amount === undefined) return refuse('amount_unreadable');
  const returned = returnedIn(value, amount);
  if (returned === undefined) return refuse('refunded_amount_unreadable');
  const column = value('currency').toUpperCase();
  const currencies = currenciesOf([column, ...headers, value('amount'), returned.text]);
  if (currencies === undefined || (column !== '' && currencies.length === 0)) return refuse('currency_unknown');
  const readings = readingsOf(amount, returned);
  const [currency, ...others] = currencies;
  if (currency !== undefined && others.length === 0 && moneyIn({ readings }, currency).length === 0) {
    const isRead = readingsIn({ readings }, currency).some(
      (reading) => minorIn(reading.amount, currency) !== undefined,
    );
    return refuse(isRead ? 'refunded_amount_unreadable' : 'amount_unreadable');
  }
  return {
    line: line.line,
    lineCount: 1,
    reference: isNamed ? asProviderReference(id) : null,
    customerEmail: email.includes('@') ? email : null,
    currencies,
    readings,
    productNames: [clip(value('product'), productUnitsMax)].filter((name) => name !== ''),
    soldAt: readDate(value('date'), order) ?? null,
  };
}

/** What all texts that name currencies agree on; undefined where one cannot be read, or two do not. */
function currenciesOf(texts: readonly string[]): readonly string[] | undefined {
  return texts.map(currenciesIn).reduce((agreed, named) => agreed && named && agreeing(agreed, named), []);
}

/** What names no currency agrees with everything. */
function agreeing(left: readonly string[], right: readonly string[]): readonly string[] | undefined {
  if (left.length === 0 || right.length === 0) return left.length === 0 ? right : left;
  const both = left.filter((currency) => right.includes(currency));
  return both.length === 0 ? undefined : both;
}

interface Returned {
  amount: WrittenAmount | 'unknown';
  /** The text that may name its currency. */
  text: string;
}

/** Undefined when something was refunded and cannot be read; `unknown` when only its amount is not named. */
function returnedIn(value: (column: Column) => string, amount: WrittenAmount): Returned | undefined {
  if (isNegative(amount.decimal)) return { amount, text: '' };
  const text = value('returned');
  if (text !== '') return returnedAmount(text);
  const mark = value('isReturned').toLowerCase();
  const status = value('status')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');
  if (/^(?:refunded|fullyrefunded|fullrefund)$/.test(status)) return { amount, text: '' };
  if (/partial.*refund|refund.*partial/.test(status)) return { amount: 'unknown', text: '' };
  if (/^(?:|no|false|0|n|-|–)$/.test(mark)) return { amount: { decimal: '0', asDecimals: null }, text: '' };
  if (/^(?:yes|true|1|y|x|partial|partially)$/.test(mark)) return { amount: 'unknown', text: '' };
  return returnedAmount(value('isReturned'));
}

function returnedAmount(text: string): Returned | undefined {
  const amount = readAmount(text);
  return amount && { amount, text };
}

function isNegative(decimal: string): boolean {
  return decimal.startsWith('-');
}

function readingsOf(amount: WrittenAmount, { amount: returned }: Returned): ExportedAmounts[] {
  const reading = (choose: (written: WrittenAmount) => string): ExportedAmounts => {
    const price = choose(amount);
    const whole = isNegative(price) ? '0' : price;
    const back = returned === 'unknown' ? returned : choose(returned).replace('-', '');
    return { amount: whole, otherwise: whole, returned: back };
  };
  const isCertain = amount.asDecimals === null && (returned === 'unknown' || returned.asDecimals === null);
  const first = reading(({ decimal }) => decimal);
  return isCertain ? [first] : [first, reading(({ decimal, asDecimals }) => asDecimals ?? decimal)];
}

/** Several lines may belong to one order: one for each item, or one more for what was refunded. */
async function mergeByReference(
  lines: readonly ExportedOrder[],
): Promise<{ sales: ExportedOrder[]; faults: UnreadableLine[] }> {
  const merged = new Map<string, ExportedOrder>();
  const faults: UnreadableLine[] = [];
  const merge = (order: ExportedOrder): void => {
    const key = order.reference ?? `line ${order.line}`;
    const known = merged.get(key);
    const currencies = known === undefined ? order.currencies : agreeing(known.currencies, order.currencies);
    if (currencies === undefined) faults.push({ line: order.line, fault: 'currency_unknown' });
    else merged.set(key, known === undefined ? order : { ...mergeTwo(known, order), currencies });
  };
  await mapInSlices(lines, merge);
  return { sales: [...merged.values()], faults };
}

function mergeTwo(known: ExportedOrder, order: ExportedOrder): ExportedOrder {
  const longer = known.readings.length > order.readings.length ? known : order;
  return {
    ...known,
    lineCount: known.lineCount + 1,
    customerEmail: known.customerEmail ?? order.customerEmail,
    readings: longer.readings.flatMap((_, index) => addUp(readingAt(known, index), readingAt(order, index))),
    productNames: [...new Set([...known.productNames, ...order.productNames])].slice(0, productsMax),
    soldAt: known.soldAt ?? order.soldAt,
  };
}

/** The last one where it has only one: it reads the same in every currency. */
function readingAt({ readings }: ExportedOrder, index: number): ExportedAmounts | undefined {
  return readings[index] ?? readings.at(-1);
}

function addUp(known: ExportedAmounts | undefined, order: ExportedAmounts | undefined): ExportedAmounts[] {
  if (known === undefined || order === undefined) return [];
  const isUnknown = known.returned === 'unknown' || order.returned === 'unknown';
  return [
    {
      amount: larger(known.amount, order.amount),
      otherwise: sumDecimals([known.otherwise, order.otherwise]),
      returned: isUnknown ? 'unknown' : larger(known.returned, order.returned),
    },
  ];
}

function larger(left: string, right: string): string {
  return compareDecimals(left, right) < 0 ? right : left;
}
