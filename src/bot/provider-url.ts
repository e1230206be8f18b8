import { currentPayment } from '#payments/order-view.ts';
import type { Payment } from '#payments/payment.ts';
import type { ProviderRegistry } from '#payments/payment-provider.ts';

/** The provider's own page of the payment that counts; `{reference}` in the provider's pattern is its id there. */
export function providerUrl(
  providers: ProviderRegistry,
  { payments }: { payments: readonly Payment[] },
): string | null {
  const payment = currentPayment(payments);
  if (payment === undefined || payment.reference === null) return null;
  const pattern = providers.health(payment.provider)?.dashboardUrl ?? null;
  return pattern === null ? null : pattern.replace('{reference}', encodeURIComponent(payment.reference));
}
