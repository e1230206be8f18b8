// A trouble about money is two things: an alert, which rings, and an exception, which stays until somebody decides or the
// facts change. Both have the same key and are raised and ended together, so that neither is forgotten.
import type { AlertKind } from '#cases/case.ts';
import { type RaisedAlert, raiseAlert } from '#cases/raise-case.ts';
import { resolveAlert, resolveOrderAlerts } from '#cases/resolve-case.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import { type ExceptionKind, exceptionKinds } from './exceptions/exception.ts';
import { endException, endOrderExceptions, type OpenedException, openException } from './exceptions/open-exception.ts';
import type { PaymentTx } from './ports/payment-store.ts';

/** What the exception says beside what the alert says already. */
export type TroubleFacts = Partial<Pick<OpenedException, 'reference' | 'refundId' | 'provider' | 'subjectAt'>> &
  Partial<Omit<OpenedException['facts'], 'summary' | 'why'>>;

export async function raiseTrouble(
  tx: PaymentTx,
  input: { alert: RaisedAlert & { kind: ExceptionKind }; facts?: TroubleFacts },
): Promise<void> {
  const { alert, facts = {} } = input;
  await raiseAlert(tx, alert);
  await openException(tx, {
    key: alert.key,
    kind: alert.kind,
    provider: facts.provider ?? null,
    reference: facts.reference ?? null,
    orderId: alert.orderId,
    paymentId: alert.paymentId,
    refundId: facts.refundId ?? null,
    subjectAt: facts.subjectAt ?? null,
    facts: {
      summary: alert.facts.headline,
      gapFiat: facts.gapFiat ?? null,
      gapCoin: facts.gapCoin ?? null,
      here: facts.here ?? null,
      there: facts.there ?? null,
      money: facts.money ?? null,
      label: facts.label ?? null,
      why: alert.facts.why,
    },
  });
}

/** Ends the trouble of this key, if there is one; `by` says in a sentence what ended it. */
export async function endTrouble(tx: PaymentTx, input: { key: string; by: string }): Promise<void> {
  await resolveAlert(tx, input);
  await endException(tx, input);
}

/** Ends the troubles of an order whose kinds are named, of one of its payments if one is named. */
export async function endOrderTroubles(
  tx: PaymentTx,
  input: { orderId: OrderId; paymentId?: PaymentId; kinds: readonly AlertKind[]; by: string },
): Promise<void> {
  await resolveOrderAlerts(tx, input);
  const kinds = input.kinds.filter(isExceptionKind);
  if (kinds.length > 0) await endOrderExceptions(tx, { ...input, kinds });
}

function isExceptionKind(kind: AlertKind): kind is AlertKind & ExceptionKind {
  return (exceptionKinds as readonly string[]).includes(kind);
}
