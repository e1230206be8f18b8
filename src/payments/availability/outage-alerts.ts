// One outage is one alert. It shows the state while the outage lasts and the result when it is over; for a
// decommissioned provider an alert of another kind takes its place.
import type { CaseTx } from '#cases/case-store.ts';
import { raiseCase, restateCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type Outage, outageSentence } from '../model/outage.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

export function downKey(provider: ProviderName): string {
  return `provider_down:${provider}`;
}

function decommissionedKey(provider: ProviderName): string {
  return `provider_retired:${provider}`;
}

/** The alert about this outage as it is now. */
function keyOf(outage: Pick<Outage, 'provider' | 'retiredAt'>): string {
  return outage.retiredAt === null ? downKey(outage.provider) : decommissionedKey(outage.provider);
}

const unavailableHeadline = 'Provider does not answer';

/** What waits for the provider, and where new orders go meanwhile; counted anew with every probe. */
async function unavailableFacts({ stores }: PaymentTx, provider: ProviderName) {
  const waiting = await stores.payments.countOpenPayments(provider);
  const payments = waiting === 1 ? '1 open payment waits' : `${waiting === 0 ? 'No' : waiting} open payments wait`;
  const detail =
    `${payments} for it. Its payments are checked automatically when it is back. ` +
    'New orders with the provider auto avoid it.';
  return { headline: unavailableHeadline, detail };
}

const decommissionedHeadline = 'Provider seems to be closed';

export async function raiseDown(context: PaymentTx, outage: Pick<Outage, 'provider' | 'reason'>): Promise<void> {
  const { provider, reason } = outage;
  await raiseCase(context, {
    key: downKey(provider),
    kind: 'provider_down',
    severity: 'critical',
    provider,
    facts: { ...(await unavailableFacts(context, provider)), why: reason },
  });
}

export async function raiseDecommissioned(
  context: CaseTx,
  outage: Pick<Outage, 'provider' | 'reason'> & { decommissionAfterMs: Milliseconds },
): Promise<void> {
  const { provider, reason } = outage;
  await resolveCase(context, { key: downKey(provider), by: 'The provider is decommissioned: another alert says so.' });
  const hours = Math.floor(outage.decommissionAfterMs / hour);
  await raiseCase(context, {
    key: decommissionedKey(provider),
    kind: 'provider_retired',
    severity: 'critical',
    provider,
    facts: {
      headline: decommissionedHeadline,
      detail:
        'It is probed once a day from now on and gets no new orders. Its records stay: ' +
        `/providers exit ${provider} exports them as files. If only a key has changed: set it, and restart.`,
      why: `For ${hours} hours every answer was that of a closed provider; the last: ${reason}`,
    },
    actions: ['ask_provider'],
  });
}

export async function reportCatchUp(
  context: CaseTx,
  input: { outage: Outage; fetched: number; open: number | null },
): Promise<void> {
  const { outage, fetched, open } = input;
  const progress = open === null ? 'Checking its open payments.' : `Checked ${fetched} of ${open} open payments.`;
  const facts = { headline: 'Provider answers again, catching up', detail: progress };
  await restateCase(context, { key: keyOf(outage), facts });
}

/** It is still unavailable, or again, before the catch-up was finished. */
export async function restateDown(context: PaymentTx, outage: Outage): Promise<void> {
  const facts = { ...(await unavailableFacts(context, outage.provider)), why: outage.reason };
  await restateCase(context, { key: keyOf(outage), facts });
}

/** `lost` names what was not found, `unserved` who got no payment link; both stay on the card. */
export async function endOutageAlert(
  context: CaseTx,
  input: { outage: Outage; lost: readonly string[]; unserved: readonly string[]; uncompared: string | null },
): Promise<void> {
  const { outage, lost, unserved, uncompared } = input;
  const key = keyOf(outage);
  const parts = [
    ...(lost.length === 0 ? [] : [`Not found: ${lost.join(', ')}.`]),
    ...(unserved.length === 0 ? [] : [`Got no payment link: ${unserved.join(', ')}.`]),
    ...(uncompared === null ? [] : [`Its list was not compared: ${uncompared}`]),
  ];
  const detail = parts.length === 0 ? null : parts.join(' ');
  // The resolved alert shows these facts again, for the list of resolved cases.
  const headline = outage.retiredAt === null ? unavailableHeadline : decommissionedHeadline;
  await restateCase(context, { key, facts: { headline, detail } });
  await resolveCase(context, { key, by: `It answers again: ${outageSentence(outage, context.clock.now())}.` });
}

/** How long it has been unavailable, for the alert: never less than the required time. */
export function decommissionedFor(outage: Pick<Outage, 'goneSince'>, now: Milliseconds): Milliseconds {
  return Math.max(now - (outage.goneSince ?? now), day);
}
