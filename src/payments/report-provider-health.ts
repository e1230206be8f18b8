import { raiseAlert } from '#alerts/raise-alert.ts';
import { resolveAlert } from '#alerts/resolve-alert.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentDeps } from './deps.ts';

/** A provider went away or came back: one alert that ends itself. */
export async function reportProviderHealth(
  deps: PaymentDeps,
  input: { provider: ProviderName; isDown: boolean; why: string },
): Promise<void> {
  const { provider, isDown, why } = input;
  const key = `provider_down:${provider}`;
  await deps.database.transaction(async (stores) => {
    const context = { stores, clock: deps.clock, ids: deps.ids };
    if (!isDown) {
      await resolveAlert(context, { key, by: `${provider} answers again.` });
      return;
    }
    await raiseAlert(context, {
      key,
      kind: 'provider_down',
      severity: 'critical',
      orderId: null,
      paymentId: null,
      facts: {
        headline: 'Provider does not answer',
        orderNumber: null,
        amount: null,
        detail: 'Payments are checked again by themselves when it is back.',
        provider,
        why,
        trust: null,
      },
      actions: [],
    });
  });
}
