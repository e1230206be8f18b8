import { asPaymentId } from '#kernel/ids.ts';
import type { DeliveryResult, OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import { isOpenPayment } from '../model/payment.ts';
import { failureWords } from '../ports/failure-words.ts';
import { ProviderError } from '../ports/provider-errors.ts';
import { refreshPayment } from './refresh-payment.ts';

/** Carries out `payment.cancel`: closes the payment at its provider and fetches its new state. */
export function createCancelHandler(deps: SnapshotDeps): OutboxHandler {
  return {
    topic: 'payment.cancel',
    async deliver(message, signal): Promise<DeliveryResult> {
      const paymentId = asPaymentId(String(message.payload['paymentId']));
      const payment = await deps.database.read((stores) => stores.payments.findPayment(paymentId));
      if (payment === undefined || !isOpenPayment(payment)) return { kind: 'done', outcome: 'closed already' };
      const provider = deps.providers.find(payment.provider);
      if (provider === undefined) return { kind: 'done', outcome: 'provider is off' };
      if (!provider.capabilities.canCancel) return { kind: 'done', outcome: 'this set-up cannot cancel' };
      if (payment.reference === null) {
        return { kind: 'retry', error: 'its creation is not known yet', retryAfterMs: null };
      }
      const failed = await provider.cancelPayment(payment.reference, signal).then(() => undefined, asProviderError);
      if (failed !== undefined) return { kind: 'retry', error: failureWords(failed), retryAfterMs: null };
      const cause = { kind: 'system', id: message.id, actor: { kind: 'system', id: 'cancel' } } as const;
      const refresh = await refreshPayment(deps, { paymentId, cause, signal });
      return { kind: 'done', outcome: refresh.kind };
    },
  };
}

function asProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  throw error;
}
