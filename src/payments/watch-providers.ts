import { raiseAlert } from '#alerts/raise-alert.ts';
import { resolveAlert } from '#alerts/resolve-alert.ts';
import type { PaymentDeps } from './deps.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { ProviderError, ProviderRejected } from './provider-errors.ts';

/**
 * Looks after providers that are in trouble: asks them whether they are back, which also lets their breaker close, and
 * keeps one alert for as long as they are away. Healthy providers are not asked.
 */
export async function watchProviders(
  deps: PaymentDeps,
  input: { signal?: AbortSignal },
): Promise<{ down: number; recovered: number }> {
  const counts = { down: 0, recovered: 0 };
  for (const provider of deps.providers.list()) {
    if (input.signal?.aborted) break;
    const key = `provider_down:${provider.name}`;
    const live = await deps.database.read((stores) => stores.alerts.findLiveAlert(key));
    const isClosed = deps.providers.health(provider.name)?.breaker === 'closed';
    if (isClosed && live === undefined) continue;
    const failure = await probe(provider, input.signal);
    if (failure === undefined && live !== undefined) {
      await deps.database.transaction((stores) =>
        resolveAlert({ stores, clock: deps.clock, ids: deps.ids }, { key, by: 'The provider answers again.' }),
      );
      counts.recovered += 1;
    }
    if (failure !== undefined) counts.down += 1;
    if (failure !== undefined && live === undefined) await raiseDown(deps, { provider, key, why: failure });
  }
  return counts;
}

/** Undefined when it answered; a refusal is an answer, and a matter for whoever needs what was refused, except of our keys. */
async function probe(provider: PaymentProvider, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    await provider.probe(signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return error instanceof ProviderRejected && error.httpStatus !== 401 ? undefined : error.message;
  }
}

async function raiseDown(
  deps: PaymentDeps,
  input: { provider: PaymentProvider; key: string; why: string },
): Promise<void> {
  const { provider, key, why } = input;
  await deps.database.transaction((stores) =>
    raiseAlert(
      { stores, clock: deps.clock, ids: deps.ids },
      {
        key,
        kind: 'provider_down',
        severity: 'critical',
        orderId: null,
        paymentId: null,
        facts: {
          headline: 'Provider does not answer',
          orderNumber: null,
          amount: null,
          detail: 'Its payments are checked again by themselves when it is back.',
          provider: provider.name,
          why: deps.providers.health(provider.name)?.lastError ?? why,
          trust: null,
        },
        actions: [],
      },
    ),
  );
}
