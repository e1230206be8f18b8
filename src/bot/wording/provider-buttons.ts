// What an admin can do about a provider that misbehaves, whichever card or list the button stands on; in words for a toast.
import type { Actor } from '#kernel/actor.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { askProviderAgain } from '#payments/availability/ask-again.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { checkQuarantine, recoveredSentence } from '#payments/webhooks/check-quarantine.ts';
import type { ProviderAct } from '../text/callback-data.ts';
import { plural } from '../text/words.ts';

export async function carryOutProviderButton(
  deps: PaymentDeps,
  input: { act: ProviderAct; provider: ProviderName | 'all'; actor: Actor },
): Promise<string> {
  const { act, provider, actor } = input;
  switch (act) {
    case 'ask':
      return provider === 'all' ? '' : askText(provider, await askProviderAgain(deps, { provider, actor }));
    case 'quarantine':
      return quarantineText(await checkQuarantine(deps, { provider, actor }));
    default:
      return act satisfies never;
  }
}

function askText(provider: ProviderName, asked: Awaited<ReturnType<typeof askProviderAgain>>): string {
  const title = providerTitle(provider);
  switch (asked.kind) {
    case 'answers':
      return `${title} answers: it is asked again from here on, and what happened meanwhile is looked at.`;
    case 'fails':
      return `${title} still does not serve us: ${asked.why}`;
    case 'not_asked':
      return `${title} was asked a moment ago, and did not answer.`;
    case 'unknown':
      return `${title} is not configured.`;
    default:
      return asked satisfies never;
  }
}

function quarantineText(check: Awaited<ReturnType<typeof checkQuarantine>>): string {
  if (check.checked === 0) return 'Nothing is kept that could be verified again.';
  if (check.recovered > 0) return `${recoveredSentence(check.recovered)}.`;
  if (check.settled > 0) return `${plural(check.settled, 'webhook')} verified, and told nothing new.`;
  return `Checked ${plural(check.checked, 'webhook')}: none verifies with today's secrets.`;
}
