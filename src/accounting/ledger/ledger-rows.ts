// A closing as rows, one for each line of it, of any kind, so that a spreadsheet can filter and sum them.
import type { JsonObject } from '#kernel/json.ts';
import { type Closing, type ClosingContent, type ProviderLedger, tallyGroups } from './closing.ts';

export const ledgerColumns = [
  ...['day', 'number', 'kind', 'provider', 'asset', 'what', 'count_here', 'amount_here', 'count_there'],
  ...['amount_there', 'fee', 'net', 'order', 'payment_id', 'reference', 'here', 'there', 'hash'],
];

export function ledgerRows(closing: Pick<Closing, 'hash'>, content: ClosingContent): JsonObject[] {
  const { day, number } = content;
  const lines: JsonObject[] = [
    { kind: 'closing', what: `${content.from} to ${content.to}`, hash: closing.hash },
    ...content.providers.flatMap(providerRows),
    ...content.interventions.map(({ action, count }) => ({
      kind: 'intervention',
      what: action,
      count_here: String(count),
    })),
    ...content.exceptions.map(({ kind, provider, count }) => ({
      kind: 'open_exception',
      what: kind,
      provider: provider ?? '',
      count_here: String(count),
    })),
    ...content.unexplained.list.map((difference) => ({
      kind: 'unexplained',
      what: difference.kind,
      provider: difference.provider,
      order: difference.order ?? '',
      payment_id: difference.paymentId ?? '',
      reference: difference.reference ?? '',
      here: difference.here,
      there: difference.there,
    })),
    ...content.corrections.list.flatMap(correctionRows),
    ...content.notes.map((note) => ({ kind: 'note', what: note })),
  ];
  return lines.map((line) => ({ day, number: String(number), ...line }));
}

function providerRows(book: ProviderLedger): JsonObject[] {
  const { provider } = book;
  const why = book.unknownWhy === null ? [] : [{ kind: 'unknown_there', what: book.unknownWhy }];
  const payments = book.payments.flatMap(({ asset, here, there }) =>
    tallyGroups.map((group) => ({
      kind: 'payments',
      asset,
      what: group,
      count_here: String(here[group].count),
      amount_here: here[group].amount,
      ...(there && { count_there: String(there[group].count), amount_there: there[group].amount }),
    })),
  );
  const received = book.received.map(({ asset, amount }) => ({ kind: 'received', asset, amount_here: amount }));
  const figures = book.figures.map(({ asset, count, fee, net }) => ({
    kind: 'figures',
    asset,
    count_there: String(count),
    fee,
    net,
  }));
  const refunds = book.refunds.map(({ currency, here, there }) => ({
    kind: 'refunds',
    asset: currency,
    count_here: String(here.count),
    amount_here: here.amount,
    ...(there && { count_there: String(there.count), amount_there: there.amount }),
  }));
  const { withoutFigures, refundsUnknownWhy } = book;
  const feesUnknown =
    withoutFigures === null || withoutFigures === 0
      ? []
      : [{ kind: 'fees_unknown', what: 'paid payments without a fee', count_here: String(withoutFigures) }];
  const refundsUnknown = refundsUnknownWhy === null ? [] : [{ kind: 'refunds_unknown_there', what: refundsUnknownWhy }];
  const settlements = book.settlements.map(({ currency, count, amount }) => ({
    kind: 'settlements',
    asset: currency,
    count_there: String(count),
    amount_there: amount,
  }));
  const rows = [...payments, ...received, ...figures, ...feesUnknown, ...refunds, ...refundsUnknown, ...settlements];
  return [...why, ...rows].map((row) => ({ provider, ...row }));
}

function correctionRows(correction: ClosingContent['corrections']['list'][number]): JsonObject[] {
  const { day, provider, paymentId, reference, order } = correction;
  return correction.changes.map(({ field, was, is }) => ({
    kind: 'correction',
    what: `${field} of ${day}`,
    provider,
    order,
    payment_id: paymentId,
    reference: reference ?? '',
    here: was ?? '',
    there: is ?? '',
  }));
}
