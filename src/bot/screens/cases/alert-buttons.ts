// A tap on an alert's button, whichever bot it reached. The card itself is not touched here: the verbs queue its refresh.
import type { ActingAdmin } from '#access/acting-admin.ts';
import { adminActor } from '#access/admin.ts';
import { acknowledgeCase } from '#cases/acknowledge-case.ts';
import type { Case } from '#cases/case.ts';
import { findCase } from '#cases/read-cases.ts';
import { snoozeCase } from '#cases/snooze-case.ts';
import { hour } from '#kernel/clock.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { ProviderError } from '#payments/ports/provider-errors.ts';
import { getCase } from '#payments/resolutions/options/get-case.ts';
import { checkOrder } from '#payments/sync/check-order.ts';
import type { Destination } from '../../kit/destinations.ts';
import { outOfDate } from '../../kit/replies.ts';
import type { OnceWithin } from '../../telegram/once-within.ts';
import type { CallbackOf, ProviderAct } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import { formatTime } from '../../text/words.ts';
import { noLinkText } from '../../wording/link-refusal.ts';
import { paymentLink } from '../../wording/payment-link.ts';
import { carryOutProviderButton } from '../../wording/provider-buttons.ts';
import { checkedText } from '../../wording/result-texts.ts';

const snoozeMs = hour;

export interface AlertButtonDeps extends PaymentDeps {
  timeZone: string;
  recentRequests: OnceWithin;
}

interface AlertButtonInput {
  callback: CallbackOf<'alert'>;
  adminId: number;
  adminName: string;
  /** `plain` where the reply's own buttons would not be served. */
  buttons: 'full' | 'plain';
}

interface AlertButtonResult {
  toast: string;
  reply?: View;
  /** What the button leads to, in a message of its own: the alert's card stays what it is. */
  follow?: Destination;
}

/** Carries the tap out; a button that is stale or forged does nothing and says so. */
export async function handleAlertButton(deps: AlertButtonDeps, input: AlertButtonInput): Promise<AlertButtonResult> {
  const alert = await findCase(deps, input.callback.id);
  return alert === undefined ? { toast: outOfDate } : carryOut(deps, { alert, input });
}

interface KnownButton {
  alert: Case;
  input: AlertButtonInput;
}

function carryOut(deps: AlertButtonDeps, known: KnownButton): Promise<AlertButtonResult> {
  const { act } = known.input.callback;
  switch (act) {
    case 'ack':
      return acknowledge(deps, known);
    case 'snooze':
      return snooze(deps, known);
    case 'link':
      return newLink(deps, known);
    case 'check':
      return checkAgain(deps, known);
    case 'open':
      return openOrder(known);
    case 'resolve':
      return openCase(known);
    case 'paid':
    case 'refund':
      return askElsewhere(deps, known);
    case 'list':
      return Promise.resolve({ toast: '', follow: { screen: 'exceptions' } });
    case 'ask':
    case 'quarantine':
      return troubleTap(deps, known, act);
    default:
      return act satisfies never;
  }
}

function actingAdmin({ adminId, adminName }: AlertButtonInput): ActingAdmin {
  return { actor: adminActor(adminId), name: adminName };
}

async function acknowledge(deps: AlertButtonDeps, { alert, input }: KnownButton): Promise<AlertButtonResult> {
  const result = await acknowledgeCase(deps, { caseId: alert.id, by: actingAdmin(input) });
  if (result.kind === 'acknowledged') return { toast: 'Acknowledged: it is yours.' };
  if (result.kind === 'already')
    return { toast: `Already acknowledged${result.by === null ? '' : ` by ${result.by}`}.` };
  return { toast: result.kind === 'over' ? 'It is over already.' : outOfDate };
}

async function snooze(deps: AlertButtonDeps, { alert, input }: KnownButton): Promise<AlertButtonResult> {
  const result = await snoozeCase(deps, { caseId: alert.id, by: actingAdmin(input), forMs: snoozeMs });
  if (result.kind === 'over') return { toast: 'It is over already.' };
  if (result.kind === 'unknown') return { toast: outOfDate };
  return { toast: `Snoozed until ${formatTime(result.until, { now: deps.clock.now(), timeZone: deps.timeZone })}.` };
}

async function newLink(deps: AlertButtonDeps, { alert, input }: KnownButton): Promise<AlertButtonResult> {
  if (alert.orderId === null || alert.status === 'resolved') return { toast: outOfDate };
  const key = `link:${alert.orderId}`;
  if (!deps.recentRequests.isFirst(key)) return { toast: 'A new link was made a moment ago.' };
  const result = await createPaymentLink(deps, {
    orderId: alert.orderId,
    provider: 'auto',
    actor: adminActor(input.adminId),
    by: input.adminName,
  });
  deps.recentRequests.touch(key);
  if (result.kind !== 'created') return { toast: noLinkText(result) };
  const presentation = { now: deps.clock.now(), timeZone: deps.timeZone };
  return {
    toast: 'Here is the payment link.',
    reply: paymentLink(result.order, { ...presentation, buttons: input.buttons }),
  };
}

async function checkAgain(deps: AlertButtonDeps, { alert, input }: KnownButton): Promise<AlertButtonResult> {
  if (!deps.recentRequests.isFirst(`check:${alert.id}`)) return { toast: 'Checked a moment ago.' };
  if (alert.orderId === null) return probeProvider(deps, alert);
  const result = await checkOrder(deps, { orderId: alert.orderId, actor: adminActor(input.adminId) });
  return { toast: checkedText(result) };
}

/** What helps against the trouble of a provider as a whole. */
async function troubleTap(
  deps: AlertButtonDeps,
  { alert, input }: KnownButton,
  act: ProviderAct,
): Promise<AlertButtonResult> {
  const name = alert.provider;
  if (alert.status === 'resolved' || name === null) return { toast: outOfDate };
  return { toast: await carryOutProviderButton(deps, { act, provider: name, adminId: input.adminId }) };
}

/** An alert without an order is about the provider as a whole: whether it answers is what can be checked. */
async function probeProvider(deps: AlertButtonDeps, alert: Case): Promise<AlertButtonResult> {
  const name = alert.provider;
  const provider = name !== null ? deps.providers.find(name) : undefined;
  if (provider === undefined) return { toast: 'There is nothing to ask a provider about.' };
  try {
    await provider.probe();
    return { toast: `${providerTitle(provider.name)} answers.` };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { toast: `${providerTitle(provider.name)} does not answer as it should: ${error.message}` };
  }
}

function openCase({ alert }: KnownButton): Promise<AlertButtonResult> {
  if (alert.status === 'resolved') return Promise.resolve({ toast: 'It is settled already.' });
  return Promise.resolve({ toast: '', follow: { screen: 'exception', wanted: { key: alert.key } } });
}

function openOrder({ alert }: KnownButton): Promise<AlertButtonResult> {
  if (alert.orderId === null) return Promise.resolve({ toast: outOfDate });
  return Promise.resolve({ toast: '', follow: { screen: 'order', order: { id: alert.orderId } } });
}

/**
 * Money that moves on an admin's word needs a reason first, which only the command bot can ask for. Where the case has a
 * decision of that name, it is that decision.
 */
async function askElsewhere(deps: AlertButtonDeps, known: KnownButton): Promise<AlertButtonResult> {
  const { alert, input } = known;
  const { orderId } = alert;
  const isRefund = input.callback.act === 'refund';
  if (orderId === null || alert.status === 'resolved') return { toast: outOfDate };
  if (input.buttons !== 'full') return openOrder(known);
  const details = await getCase(deps, { key: alert.key });
  const wanted = isRefund ? (['refund'] as const) : (['accept', 'mark_paid'] as const);
  const action = wanted.find((each) => details?.actions.includes(each));
  if (details !== undefined && action !== undefined) {
    return { toast: '', follow: { screen: 'resolution', caseId: details.case.id, action } };
  }
  if (isRefund) return { toast: '', follow: { screen: 'refund', orderId } };
  return { toast: '', follow: { screen: 'override', orderId, action: 'mark_paid' } };
}
