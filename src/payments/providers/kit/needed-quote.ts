import type { AssetAmount } from '#kernel/money.ts';
import type { CreatePaymentRequest, PaymentProvider } from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';

/** What is asked for; ProviderRejected, before anything is sent, for money that the provider cannot collect. */
export function neededQuote(
  provider: Pick<PaymentProvider, 'name' | 'quote'>,
  { money }: CreatePaymentRequest,
): AssetAmount {
  const asked = provider.quote(money);
  if (asked !== undefined) return asked;
  const operation = 'create_payment';
  const message = `${operation}: ${provider.name} cannot collect this amount of ${money.currency}`;
  throw new ProviderRejected({ provider: provider.name, operation, code: null, httpStatus: null, message });
}
