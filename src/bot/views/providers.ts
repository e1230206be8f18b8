import { providerTitle } from '#kernel/provider-name.ts';
import type { BreakerState, ProviderHealth } from '#payments/payment-provider.ts';
import { fitLines, type Line, line, weights } from './fit.ts';
import { show } from './html.ts';
import { checkNowButton, providerSetUpLines, type SetUpLook, setUpAge, soundSetUp } from './set-up.ts';
import type { View } from './view.ts';
import { formatTime } from './words.ts';

interface ProviderRow {
  health: ProviderHealth;
  gaps: readonly string[];
}

const breakerWords: Readonly<Record<BreakerState, string>> = {
  closed: '🟢 reachable',
  half_open: '🟡 being tried again',
  open: '🔴 not called: too many failures',
};

/** Each provider's state, its last failure, and what this set-up cannot do with it. */
export function providersView(rows: readonly ProviderRow[], look: SetUpLook): View {
  const lines = [line('<b>Providers</b>', weights.must)];
  if (rows.length === 0) lines.push(line('No provider is configured.'));
  for (const row of rows) lines.push(line('', weights.history), ...providerLines(row, look));
  lines.push(line('', weights.history), ...setUpAge(look));
  return {
    text: fitLines(lines),
    keyboard: [[{ text: 'Refresh', tap: { kind: 'providers' } }, checkNowButton('providers')]],
  };
}

function providerLines({ health, gaps }: ProviderRow, look: SetUpLook): Line[] {
  const since = health.openedAt === null ? '' : ` since ${formatTime(health.openedAt, look)}`;
  const lines = [
    line(`<b>${providerTitle(health.provider)}</b> ${breakerWords[health.breaker]}${since}`, weights.must),
  ];
  if (health.lastError !== null && health.breaker !== 'closed')
    lines.push(line(`Last failure: ${show(health.lastError, 200)}`));
  const success = health.lastSuccessAt === null ? 'not called yet' : formatTime(health.lastSuccessAt, look);
  lines.push(line(`Last answer: ${success}${soundSetUp(health.provider, look.setUp)}`, weights.detail));
  lines.push(...providerSetUpLines(health.provider, look.setUp));
  for (const gap of gaps) lines.push(line(`• ${show(gap, 200)}`, weights.extra));
  return lines;
}
