import { currentPayment } from '#payments/lifecycle/order-view.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { ProviderRegistry } from '#payments/ports/payment-provider.ts';

/** The provider's own page of the payment that counts: its id there, after the address that the provider's pages begin with. */
export function providerUrl(
  providers: ProviderRegistry,
  { payments }: { payments: readonly Payment[] },
): string | null {
  const payment = currentPayment(payments);
  if (payment === undefined || payment.reference === null) return null;
  const base = providers.health(payment.provider)?.dashboardUrl ?? null;
  return base === null ? null : `${base}${encodeURIComponent(payment.reference)}`;
}
