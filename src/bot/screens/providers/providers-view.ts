import { providerTitle } from '#kernel/provider-name.ts';
import { type Outage, outageSentence } from '#payments/model/outage.ts';
import type { BreakerState } from '#payments/ports/payment-provider.ts';
import type { ProviderReport } from '#reports/provider-report.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { show } from '../../text/html.ts';
import { type Button, inPairs, type Presentation, type View } from '../../text/view.ts';
import { formatTime, formatTimeShort, plural } from '../../text/words.ts';
import { checkNowButton, providerSetUpLines, type SetUpPresentation, setUpAge, soundSetUp } from './set-up-view.ts';

const breakerWords: Readonly<Record<BreakerState, string>> = {
  closed: '🟢 reachable',
  half_open: '🟡 being tried again',
  open: '🔴 not called: too many failures',
};

const gapGroup = { one: 'thing more that a provider cannot do', many: 'things more that providers cannot do' };
/** Its sentences are long: fewer of them fill a phone's screen. */
const linesMax = 16;

/** Each provider's state, what went wrong there lately, and what this set-up cannot do with it. */
export function providersView(reports: readonly ProviderReport[], presentation: SetUpPresentation): View {
  const lines = [line('<b>Providers</b>', weights.must)];
  if (reports.length === 0) lines.push(line('No provider is configured.'));
  for (const report of reports) lines.push(line('', weights.history), ...providerLines(report, presentation));
  lines.push(line('', weights.history), ...setUpAge(presentation));
  const buttons: Button[] = [
    { text: 'Refresh', callback: { kind: 'providers' } },
    checkNowButton('providers'),
    ...quarantineButton(reports),
    ...reports.filter(isRetired).map(askButton),
  ];
  return { text: fitLines(lines, { linesMax }), keyboard: inPairs(buttons) };
}

function quarantineButton(reports: readonly ProviderReport[]): Button[] {
  const hasKept = reports.some(({ quarantine }) => quarantine.withBody > 0);
  return hasKept
    ? [{ text: 'Check quarantine', callback: { kind: 'provider', act: 'quarantine', provider: 'all' } }]
    : [];
}

function isRetired({ outage }: ProviderReport): boolean {
  return outage?.status === 'retired';
}

function askButton({ health: { provider } }: ProviderReport): Button {
  return { text: `Ask ${providerTitle(provider)} again`, callback: { kind: 'provider', act: 'ask', provider } };
}

function providerLines(report: ProviderReport, presentation: SetUpPresentation): Line[] {
  const { health, gaps, outage } = report;
  const lines = [line(`<b>${providerTitle(health.provider)}</b> ${stateWords(report, presentation)}`, weights.must)];
  const failure = outage?.reason ?? (health.breaker === 'closed' ? null : health.lastError);
  if (failure !== null && outage?.status !== 'catching_up') lines.push(line(`Last failure: ${show(failure, 200)}`));
  lines.push(...heardLines(report, presentation), ...quarantineLines(report));
  lines.push(...providerSetUpLines(health.provider, presentation.setUp));
  for (const past of report.pastOutages) lines.push(pastLine(past, presentation));
  const isGap = { weight: weights.extra, group: gapGroup };
  for (const gap of gaps) lines.push({ html: `• ${show(gap, 200)}`, ...isGap });
  return lines;
}

function stateWords({ health, outage }: ProviderReport, presentation: Presentation): string {
  if (outage === null) {
    const since = health.openedAt === null ? '' : ` since ${formatTime(health.openedAt, presentation)}`;
    return `${breakerWords[health.breaker]}${since}`;
  }
  switch (outage.status) {
    case 'blind':
      return `🔴 unavailable since ${formatTime(outage.beganAt, presentation)}`;
    case 'catching_up':
      return `🟡 back, catching up since ${formatTime(outage.answeredAt ?? presentation.now, presentation)}`;
    case 'retired':
      return `⚫ decommissioned since ${formatTime(outage.retiredAt ?? outage.beganAt, presentation)}, asked once a day`;
    case 'over':
      return breakerWords[health.breaker];
    default:
      return outage.status satisfies never;
  }
}

/** When it last answered us, and when it last told us something by itself. */
function heardLines({ health, webhooks }: ProviderReport, presentation: SetUpPresentation): Line[] {
  const { lastAt, usualPerDay, silentSince } = webhooks;
  const answered =
    health.lastSuccessAt === null
      ? 'Not called yet'
      : `Answered ${formatTimeShort(health.lastSuccessAt, presentation)}`;
  if (silentSince !== null) {
    return [
      line(answered, weights.detail),
      line(`🔕 No webhook since ${formatTime(silentSince, presentation)}`, weights.must),
    ];
  }
  const usual = usualPerDay === null ? '' : `, of ${aboutPayments(usualPerDay)} a day`;
  const told = lastAt === null ? 'no webhook yet' : `webhook ${formatTimeShort(lastAt, presentation)}${usual}`;
  return [line(`${answered} · ${told}${soundSetUp(health.provider, presentation.setUp)}`, weights.detail)];
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

function pastLine(outage: Outage, presentation: Presentation): Line {
  return line(
    `Outage ${formatTimeShort(outage.beganAt, presentation)}: ${outageSentence(outage, presentation.now)}`,
    outage.lostCount > 0 ? weights.fact : weights.detail,
  );
}
