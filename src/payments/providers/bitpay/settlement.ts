import { z } from 'zod';
import { asProviderReference, type ProviderReference } from '#kernel/ids.ts';
import type { ProviderSettlement } from '../../ports/fees-provider.ts';
import { decimalText, idText, rfc3339 } from '../kit/body-fields.ts';
import { withCurrencyPlaces } from './amount.ts';

// BitPay: Settlements, the resource. Its amounts are plain decimals, without a scale.

const settlementSchema = z.object({
  id: idText,
  currency: z.string(),
  status: z.string().max(64),
  totalAmount: decimalText,
  dateCreated: rfc3339.nullish(),
  dateExecuted: rfc3339.nullish(),
  openingDate: rfc3339.nullish(),
  closingDate: rfc3339.nullish(),
  /** Opens the reconciliation report of this settlement, in place of our own token. */
  token: z.string().max(256).nullish(),
});
export type Settlement = z.infer<typeof settlementSchema>;
export const settlementsAnswerSchema = z.object({ data: z.array(settlementSchema) });

const lineSchema = z.object({ code: z.string(), invoiceId: idText.nullish() });
export const reportAnswerSchema = z.object({ data: z.object({ ledgerEntries: z.array(lineSchema).nullish() }) });
export type Report = z.infer<typeof reportAnswerSchema>;

export function toProviderSettlement(settlement: Settlement, report: Report | undefined): ProviderSettlement {
  const { currency, status } = settlement;
  return {
    id: settlement.id,
    currency,
    amount: withCurrencyPlaces(settlement.totalAmount, currency),
    status,
    from: settlement.openingDate ?? null,
    to: settlement.closingDate ?? null,
    // The date of execution is there while it is still being processed, and may lie ahead.
    at: status === 'completed' ? (settlement.dateExecuted ?? null) : null,
    references: referencesOf(report),
  };
}

function referencesOf(report: Report | undefined): ProviderReference[] | null {
  const lines = report?.data.ledgerEntries;
  if (!lines) return null;
  const ids = lines.flatMap(({ invoiceId }) => (invoiceId ? [invoiceId] : []));
  return [...new Set(ids)].map(asProviderReference);
}
