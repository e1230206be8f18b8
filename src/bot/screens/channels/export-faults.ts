import type { LineFault, NotAnExport } from '#payments/ports/sales-channel.ts';

/** Why a line of an export could not be read, as it is listed behind the line's number. */
export const lineFaults: Readonly<Record<LineFault, string>> = {
  quotes_do_not_close: 'its quotes do not close',
  too_many_broken_quotes: 'this line and all behind it: too many broken quotes',
  too_long: 'it is too long to be a line of an export',
  damaged: 'it has damaged characters',
  transaction_unreadable: 'its transaction is not readable',
  not_named: 'it names neither a transaction nor an e-mail',
  currency_unknown: 'its currency is not known',
  amount_unreadable: 'its amount is not readable',
  refunded_amount_unreadable: 'its refunded amount is not readable',
};

export function notAnExportText(refusal: NotAnExport): string {
  switch (refusal.code) {
    case 'not_text':
      return 'The file is not a text.';
    case 'no_header':
      return 'No line names an amount and a transaction or an e-mail.';
    case 'too_many_lines':
      return `It has more than ${refusal.linesMax} lines.`;
    default:
      return refusal satisfies never;
  }
}
