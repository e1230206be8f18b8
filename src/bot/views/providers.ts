import { providerTitle } from '#kernel/provider-name.ts';
import { type Outage, outageSentence } from '#payments/outages/outage.ts';
import type { BreakerState } from '#payments/payment-provider.ts';
import type { ProviderReport } from '#payments/provider-report.ts';
import { fitLines, type Line, line, weights } from './fit.ts';
import { show } from './html.ts';
import { type Button, inPairs, type Look, type View } from './view.ts';
import { formatTime, formatTimeShort, plural } from './words.ts';

const breakerWords: Readonly<Record<BreakerState, string>> = {
  closed: '🟢 reachable',
  half_open: '🟡 being tried again',
  open: '🔴 not called: too many failures',
};

/** Each provider's state, what went wrong there lately, and what this set-up cannot do with it. */
export function providersView(reports: readonly ProviderReport[], look: Look): View {
  const lines = [line('<b>Providers</b>', weights.must)];
  if (reports.length === 0) lines.push(line('No provider is configured.'));
  for (const report of reports) lines.push(line('', weights.history), ...providerLines(report, look));
  const buttons: Button[] = [
    { text: 'Refresh', tap: { kind: 'providers' } },
    ...quarantineButton(reports),
    ...reports.filter(isRetired).map(askButton),
  ];
  return { text: fitLines(lines), keyboard: inPairs(buttons) };
}

function quarantineButton(reports: readonly ProviderReport[]): Button[] {
  const hasKept = reports.some(({ quarantine }) => quarantine.withBody > 0);
  return hasKept ? [{ text: 'Check quarantine', tap: { kind: 'provider', act: 'quarantine', provider: 'all' } }] : [];
}

function isRetired({ outage }: ProviderReport): boolean {
  return outage?.status === 'retired';
}

function askButton({ health: { provider } }: ProviderReport): Button {
  return { text: `Ask ${providerTitle(provider)} again`, tap: { kind: 'provider', act: 'ask', provider } };
}

function providerLines(report: ProviderReport, look: Look): Line[] {
  const { health, gaps, outage } = report;
  const lines = [line(`<b>${providerTitle(health.provider)}</b> ${stateWords(report, look)}`, weights.must)];
  const failure = outage?.reason ?? (health.breaker === 'closed' ? null : health.lastError);
  if (failure !== null && outage?.status !== 'catching_up') lines.push(line(`Last failure: ${show(failure, 200)}`));
  const success = health.lastSuccessAt === null ? 'not called yet' : formatTime(health.lastSuccessAt, look);
  lines.push(line(`Last answer: ${success}`, weights.detail));
  lines.push(...webhookLines(report, look), ...quarantineLines(report));
  for (const past of report.pastOutages) lines.push(pastLine(past, look));
  for (const gap of gaps) lines.push(line(`• ${show(gap, 200)}`, weights.extra));
  return lines;
}

function stateWords({ health, outage }: ProviderReport, look: Look): string {
  if (outage === null) {
    const since = health.openedAt === null ? '' : ` since ${formatTime(health.openedAt, look)}`;
    return `${breakerWords[health.breaker]}${since}`;
  }
  switch (outage.status) {
    case 'blind':
      return `🔴 away since ${formatTime(outage.beganAt, look)}`;
    case 'catching_up':
      return `🟡 back, catching up since ${formatTime(outage.answeredAt ?? look.now, look)}`;
    case 'retired':
      return `⚫ taken for gone since ${formatTime(outage.retiredAt ?? outage.beganAt, look)}, asked once a day`;
    case 'over':
      return breakerWords[health.breaker];
    default:
      return outage.status satisfies never;
  }
}

function webhookLines({ webhooks }: ProviderReport, look: Look): Line[] {
  const { lastAt, usualPerDay, silentSince } = webhooks;
  if (silentSince !== null) return [line(`🔕 No webhook since ${formatTime(silentSince, look)}`, weights.must)];
  if (lastAt === null) return [line('Webhooks: none yet', weights.detail)];
  const usual = usualPerDay === null ? '' : `, of ${aboutPayments(usualPerDay)} a day`;
  return [line(`Webhooks: last ${formatTime(lastAt, look)}${usual}`, weights.detail)];
}

function aboutPayments(perDay: number): string {
  return perDay < 1 ? 'less than a payment' : `about ${plural(Math.round(perDay), 'payment')}`;
}

function quarantineLines({ quarantine }: ProviderReport): Line[] {
  const { count, withBody } = quarantine;
  if (count === 0) return [];
  const real = withBody === 0 ? '' : `, ${withBody} may be real`;
  return [line(`🧪 ${plural(count, 'refused webhook')} kept${real}`)];
}

function pastLine(outage: Outage, look: Look): Line {
  return line(
    `Outage ${formatTimeShort(outage.beganAt, look)}: ${outageSentence(outage, look.now)}`,
    outage.lostCount > 0 ? weights.fact : weights.extra,
  );
}
