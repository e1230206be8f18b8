// A tap on an alert's button, whichever bot it reached. The card itself is not touched here: the verbs queue its refresh.

import type { ActingAdmin } from '#access/acting-admin.ts';
import { acknowledgeCase } from '#cases/acknowledge-case.ts';
import type { Case } from '#cases/case.ts';
import { findCase } from '#cases/read-cases.ts';
import { snoozeCase } from '#cases/snooze-case.ts';
import { hour } from '#kernel/clock.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { failureWords } from '#payments/ports/failure-words.ts';
import { ProviderError } from '#payments/ports/provider-errors.ts';
import { getCase } from '#payments/resolutions/options/get-case.ts';
import { checkOrder } from '#payments/sync/check-order.ts';
import type { Destination } from '../../kit/destinations.ts';
import { outOfDate } from '../../kit/replies.ts';
import type { OnceWithin } from '../../telegram/once-within.ts';
import type { AlertAct, CallbackOf, ProviderAct } from '../../text/callback-data.ts';
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

interface AlertButton {
  callback: CallbackOf<'alert'>;
  by: ActingAdmin;
  /** `plain` where the reply's own buttons would not be served. */
  buttons: 'full' | 'plain';
}

interface AlertButtonResult {
  toast: string;
  reply?: View;
  /** What the button leads to, in a message of its own: the alert's card stays what it is. */
  follow?: Destination;
}

type KnownButton = AlertButton & { alert: Case };
type Answer = string | Partial<AlertButtonResult>;
type Answering = (deps: AlertButtonDeps, button: KnownButton) => Answer | Promise<Answer>;

/** Carries the tap out; a button that is stale does nothing and says so. */
export async function handleAlertButton(deps: AlertButtonDeps, button: AlertButton): Promise<AlertButtonResult> {
  const alert = await findCase(deps, button.callback.id);
  const answer = alert === undefined ? outOfDate : await answers[button.callback.act](deps, { ...button, alert });
  return typeof answer === 'string' ? { toast: answer } : { toast: '', ...answer };
}

const acknowledge: Answering = async (deps, { alert, by }) => {
  const result = await acknowledgeCase(deps, { caseId: alert.id, by });
  if (result.kind === 'acknowledged') return 'Acknowledged: it is yours.';
  if (result.kind === 'already') return `Already acknowledged${result.by === null ? '' : ` by ${result.by}`}.`;
  return result.kind === 'over' ? 'It is over already.' : outOfDate;
};

const snooze: Answering = async (deps, { alert, by }) => {
  const result = await snoozeCase(deps, { caseId: alert.id, by, forMs: snoozeMs });
  if (result.kind === 'over') return 'It is over already.';
  if (result.kind === 'unknown') return outOfDate;
  return `Snoozed until ${formatTime(result.until, { now: deps.clock.now(), timeZone: deps.timeZone })}.`;
};

const newLink: Answering = async (deps, { alert, by, buttons }) => {
  if (alert.orderId === null || alert.status === 'resolved') return outOfDate;
  const key = `link:${alert.orderId}`;
  if (!deps.recentRequests.isFirst(key)) return 'A new link was made a moment ago.';
  const draft = { orderId: alert.orderId, provider: 'auto', actor: by.actor, by: by.name } as const;
  const result = await createPaymentLink(deps, draft);
  deps.recentRequests.touch(key);
  if (result.kind !== 'created') return noLinkText(result);
  const options = { now: deps.clock.now(), timeZone: deps.timeZone, buttons };
  return { toast: 'Here is the payment link.', reply: paymentLink(result.order, options) };
};

const checkAgain: Answering = async (deps, { alert, by }) => {
  if (!deps.recentRequests.isFirst(`check:${alert.id}`)) return 'Checked a moment ago.';
  if (alert.orderId === null) return probeProvider(deps, alert);
  return checkedText(await checkOrder(deps, { orderId: alert.orderId, actor: by.actor }));
};

/** An alert without an order is about the provider as a whole: whether it answers is what can be checked. */
async function probeProvider(deps: AlertButtonDeps, alert: Case): Promise<string> {
  const name = alert.provider;
  const provider = name !== null ? deps.providers.find(name) : undefined;
  if (provider === undefined) return 'There is nothing to ask a provider about.';
  try {
    await provider.probe();
    return `${providerTitle(provider.name)} answers.`;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return `${providerTitle(provider.name)} does not answer as it should: ${failureWords(error)}.`;
  }
}

/** What helps against the trouble of a provider as a whole. */
function helpProvider(act: ProviderAct): Answering {
  return (deps, { alert: { status, provider }, by }) =>
    status === 'resolved' || provider === null
      ? outOfDate
      : carryOutProviderButton(deps, { act, provider, actor: by.actor });
}

const openOrder: Answering = (_deps, { alert: { orderId } }) =>
  orderId === null ? outOfDate : { follow: { screen: 'order', order: { id: orderId } } };

/**
 * Money that moves on an admin's word needs a reason first, which only the command bot can ask for. Where the case has a
 * decision of that name, it is that decision.
 */
const moveMoney: Answering = async (deps, button) => {
  const { alert, buttons } = button;
  const { orderId } = alert;
  if (orderId === null || alert.status === 'resolved') return outOfDate;
  if (buttons !== 'full') return openOrder(deps, button);
  const isRefund = button.callback.act === 'refund';
  const details = await getCase(deps, { key: alert.key });
  const wanted = isRefund ? (['refund'] as const) : (['accept', 'mark_paid'] as const);
  const action = wanted.find((each) => details?.actions.includes(each));
  if (details !== undefined && action !== undefined) {
    return { follow: { screen: 'resolution', caseId: details.case.id, action } };
  }
  return { follow: isRefund ? { screen: 'refund', orderId } : { screen: 'override', orderId, action: 'mark_paid' } };
};

const answers: Readonly<Record<AlertAct, Answering>> = {
  ack: acknowledge,
  snooze,
  link: newLink,
  check: checkAgain,
  open: openOrder,
  resolve: (_deps, { alert }) =>
    alert.status === 'resolved' ? 'It is settled already.' : { follow: { screen: 'case', wanted: { key: alert.key } } },
  paid: moveMoney,
  refund: moveMoney,
  list: () => ({ follow: { screen: 'exceptions' } }),
  ask: helpProvider('ask'),
  quarantine: helpProvider('quarantine'),
};
