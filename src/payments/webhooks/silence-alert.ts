import type { CaseTx } from '#cases/case-store.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { hour, type Milliseconds, minute } from '#kernel/clock.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';

export function silentKey(provider: ProviderName): string {
  return `webhook_silent:${provider}`;
}

/** Raises one alert that says what to check; it ends when an event is received. */
export async function raiseSilence(
  context: CaseTx,
  silence: {
    provider: ProviderName;
    /** Whether its payments can be fetched. */
    isAsked: boolean;
    silentMs: Milliseconds;
    usual: number;
    missedCount: number;
  },
): Promise<void> {
  const { provider, usual, missedCount } = silence;
  const changed = `${missedCount} ${missedCount === 1 ? 'payment' : 'payments'} changed there without one`;
  const otherwise = silence.isAsked
    ? 'payments are found by polling, only later'
    : 'the rest is found by an export only';
  const expected = usual < 1 ? '' : `, where about ${Math.round(usual)} are usual`;
  await raiseCase(context, {
    key: silentKey(provider),
    kind: 'webhook_silent',
    severity: 'warning',
    provider,
    facts: {
      headline: 'Webhooks have stopped coming',
      detail:
        `${providerTitle(provider)} itself answers, and ${otherwise}. Check there: ` +
        'the webhook URL, its secret, and that the subscription is switched on.',
      why: `No event for ${inWords(silence.silentMs)}${expected}; ${changed}.`,
    },
  });
}

function inWords(ms: Milliseconds): string {
  if (ms < 2 * hour) return `${Math.max(1, Math.round(ms / minute))} minutes`;
  return `${Math.round(ms / hour)} hours`;
}
