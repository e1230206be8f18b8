import type { Case } from '#cases/case.ts';
import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber, type Order, type OrderStatus } from '#orders/order.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import { rememberable } from '#payments/channels/remember-product.ts';
import { currentPayment } from '#payments/lifecycle/order-view.ts';
import { isAwaitedPayment, type Payment, type PaymentStatus } from '#payments/model/payment.ts';
import type { Refund } from '#payments/model/refund.ts';
import { hasUnconfirmedMoney } from '#payments/model/refundable.ts';
import type { OrderAct } from '../../text/callback-data.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { address, bold, code, show } from '../../text/html.ts';
import { type Button, inPairs, isButtonUrl, type Presentation, type View } from '../../text/view.ts';
import { formatTime, orderSigns, paymentSigns, sentence, statusWord, trustText } from '../../text/words.ts';
import { figureLines, receivedLines } from './money-lines.ts';
import { caseButtons, caseLines, vouchLines } from './order-cases-view.ts';
import { refundLines } from './refund-lines.ts';

export interface OrderDetails {
  order: Order;
  payments: Payment[];
  refunds: Refund[];
  cases: Case[];
  timeline: TimelineEntry[];
  /** The shop has not taken all that it was told of the order. */
  isShopUntold?: boolean;
}

export interface OrderCardOptions extends Presentation {
  /** The provider's own page of the payment that counts. */
  providerUrl: string | null;
  /** `full` has the buttons that fit the state; `plain` is for chats in which they are not served. */
  buttons: 'full' | 'plain';
  /** Whether there is money that may go back. */
  canRefund: boolean;
  /** User name of the bot that serves them: a plain card leads there. */
  commandBot?: string | null;
}

/** Sets the parts of the card apart; the first thing to go when room runs out. */
const gap = line('', weights.history);

const historyGroup = { one: 'earlier entry', many: 'earlier entries' };
const itemGroup = { one: 'more item', many: 'more items' };

/** Which actions fit an order in this state; the verbs decide for themselves all the same. */
const actsOf: Readonly<Record<OrderStatus, readonly OrderAct[]>> = {
  awaiting_payment: ['check', 'link', 'cancel', 'paid'],
  paid: ['check', 'deliver', 'refund'],
  fulfilled: ['check', 'refund'],
  expired: ['check', 'link', 'paid', 'writeoff'],
  cancelled: ['check', 'paid'],
  needs_attention: ['accept', 'reject', 'remember', 'check', 'link', 'refund', 'paid', 'writeoff'],
  partially_refunded: ['check', 'deliver', 'refund'],
  refunded: ['check'],
};

/** Whether the button is one that a card of this state shows: an older card's buttons may ask for what no longer fits. */
export function allowsButton(status: OrderStatus, act: OrderAct): boolean {
  return act === 'show' || act === 'back' || actsOf[status].includes(act);
}

const buttonTexts: Readonly<Record<OrderAct, string>> = {
  show: 'Open order',
  check: 'Check again',
  link: 'New payment link',
  cancel: 'Cancel order',
  deliver: 'Mark delivered',
  refund: 'Refund',
  accept: 'Accept sale',
  remember: 'Accept, remember price',
  reject: 'Reject sale',
  paid: 'Mark paid',
  writeoff: 'Write off',
  back: '‹ Orders',
};

/** An order with the reason of its state, and whose word that is. */
export function orderCard(details: OrderDetails, options: OrderCardOptions): View {
  const lines = [
    ...headLines(details.order),
    ...(details.isShopUntold === true ? [line('📭 Shop not told yet', weights.must)] : []),
    ...paymentLines(details, options),
    ...caseLines(details.cases, options),
    ...refundLines(details.refunds),
    gap,
    ...customerLines(details.order),
    ...timeLines(details.order, options),
    ...historyLines(details.timeline, options),
  ];
  const keyboard = options.buttons === 'full' ? orderKeyboard(details, options) : wayBack(details.order, options);
  return { text: fitLines(lines), keyboard };
}

function headLines(order: Order): Line[] {
  const lines = [
    line(
      `${orderSigns[order.status]} ${bold(formatOrderNumber(order.number))} · ${statusWord(order.status)}`,
      weights.must,
    ),
    line(bold(formatMoney(order)), weights.must),
  ];
  for (const item of order.items) {
    const quantity = item.quantity === 1 ? '' : `${item.quantity} × `;
    lines.push({ html: `${quantity}${show(item.name, 80)}`, weight: weights.extra, group: itemGroup });
  }
  if (order.attention !== null) lines.push(line(`⚠️ ${show(sentence(order.attention), 400)}`, weights.must));
  return lines;
}

function paymentLines({ order, payments }: OrderDetails, presentation: Presentation): Line[] {
  const payment = currentPayment(payments);
  if (payment === undefined) return [line('No payment link yet.')];
  const provider = providerTitle(payment.provider);
  const help = needsNewLink({ order, payments }) ? '; a new link is needed' : '';
  const lines = [line(`${paymentSigns[payment.status]} ${provider}: payment ${statusWord(payment.status)}${help}`)];
  lines.push(...receivedLines(order, payments), ...vouchLines(payment));
  lines.push(...figureLines(payments, presentation), line(evidence(payment, presentation)));
  if (payment.heldAt !== null)
    lines.push(line(`✋ Held since ${formatTime(payment.heldAt, presentation)}: accept or reject it`));
  const mayGoBack = payment.paidAt !== null && order.status !== 'refunded' && order.status !== 'cancelled';
  if (order.origin === 'provider' && mayGoBack) {
    lines.push(line(`Refunds are made at ${provider}, and noted here`, weights.extra));
  }
  if (payments.length > 1) lines.push(line(`${payments.length} payment links in all`, weights.extra));
  if (isAwaitedPayment(payment) && payment.checkoutUrl !== null) {
    lines.push(line(`Pay at ${address(payment.checkoutUrl, 500)}`, weights.detail));
  }
  return lines;
}

/** How a payment ends without money. */
const lostStatuses: readonly PaymentStatus[] = ['failed', 'expired', 'cancelled'];

/** Whether the order still waits, and nothing that it could be paid with is left. */
function needsNewLink({ order, payments }: Pick<OrderDetails, 'order' | 'payments'>): boolean {
  const payment = currentPayment(payments);
  return order.status === 'awaiting_payment' && payment !== undefined && lostStatuses.includes(payment.status);
}

function evidence(payment: Payment, presentation: Presentation): string {
  if (payment.creation === 'requested') {
    return `Whether ${providerTitle(payment.provider)} made it is not known yet; it is being asked about.`;
  }
  if (payment.trust === null) return `No word from ${providerTitle(payment.provider)} yet.`;
  const words = payment.providerStatus === null ? '' : `: “${show(payment.providerStatus, 120)}”`;
  const when = payment.evidenceAt === null ? '' : `, ${formatTime(payment.evidenceAt, presentation)}`;
  return `${sentence(trustText(payment.trust, payment.provider))}${words}${when}`;
}

function customerLines(order: Order): Line[] {
  const lines: Line[] = [];
  const who = [order.customerEmail, order.customerName].filter((text) => text !== null).map((text) => code(text, 80));
  if (who.length > 0) lines.push(line(`Customer ${who.join(' ')}`));
  if (order.reference !== null) lines.push(line(`Reference ${code(order.reference, 80)}`, weights.detail));
  if (order.note !== null) lines.push(line(`Note: ${show(order.note, 200)}`, weights.detail));
  return lines;
}

function timeLines(order: Order, presentation: Presentation): Line[] {
  const parts = [`Made ${formatTime(order.createdAt, presentation)}`];
  if (order.status === 'awaiting_payment') parts.push(`open until ${formatTime(order.expiresAt, presentation)}`);
  if (order.paidAt !== null) parts.push(`paid ${formatTime(order.paidAt, presentation)}`);
  if (order.fulfilledAt !== null) parts.push(`delivered ${formatTime(order.fulfilledAt, presentation)}`);
  return [line(parts.join(' · '), weights.detail)];
}

function historyLines(timeline: readonly TimelineEntry[], presentation: Presentation): Line[] {
  if (timeline.length === 0) return [];
  const entries = timeline.filter(isNews).map((entry) => ({
    html: `${formatTime(entry.at, presentation)} · ${show(entry.text, 160)}${cause(entry)}`,
    weight: weights.history,
    group: historyGroup,
  }));
  const last = entries.at(-1);
  const newest = last === undefined ? [] : [{ ...last, weight: weights.detail }];
  return [gap, line('<b>History</b>', weights.detail), ...entries.slice(0, -1), ...newest];
}

/** A payment's word changes its order at once; said of both, it is one line. */
function isNews(entry: TimelineEntry, index: number, all: readonly TimelineEntry[]): boolean {
  const before = all[index - 1];
  return before === undefined || before.text !== entry.text || before.causeId !== entry.causeId;
}

function cause(entry: TimelineEntry): string {
  const trust = entry.trust === null ? '' : `, ${entry.trust}`;
  return ` <i>(${entry.causeKind}${trust})</i>`;
}

function orderKeyboard({ order, payments, cases }: OrderDetails, options: OrderCardOptions): Button[][] {
  const button = (act: OrderAct): Button => ({
    text: buttonTexts[act],
    callback: { kind: 'order', act, id: order.id },
  });
  const acts = actsOf[order.status].filter((act) => isOffered(act, { order, payments, canRefund: options.canRefund }));
  // What helps comes first; nobody is asked to pay again while money is there that may count.
  const firstLink = needsNewLink({ order, payments }) ? 1 : -1;
  if (firstLink > 0 || payments.some(hasUnconfirmedMoney)) {
    acts.sort((left, right) => firstLink * (Number(right === 'link') - Number(left === 'link')));
  }
  const buttons = acts.map(button);
  if (options.providerUrl !== null && isButtonUrl(options.providerUrl)) {
    buttons.push({ text: 'Open at provider', url: options.providerUrl });
  }
  return [...inPairs(caseButtons(cases)), ...inPairs(buttons), [button('back')]];
}

function isOffered(
  act: OrderAct,
  about: Pick<OrderDetails, 'order' | 'payments'> & Pick<OrderCardOptions, 'canRefund'>,
): boolean {
  const { order, payments } = about;
  const isHeld = payments.some(({ heldAt }) => heldAt !== null);
  // A sale that was made at a provider's own shop is not asked about there, and needs no link of ours.
  const isSoldElsewhere = order.origin === 'provider';
  if (act === 'check') return payments.length > 0 && !isSoldElsewhere;
  if (act === 'link') return !isSoldElsewhere;
  if (act === 'refund') return about.canRefund;
  if (act === 'accept' || act === 'reject') return isHeld;
  // To accept it is the word that is wanted then.
  if (act === 'paid' || act === 'writeoff') return !isHeld;
  if (act === 'remember') return isHeld && rememberable(order) !== undefined;
  return true;
}

function wayBack(order: Order, { commandBot }: OrderCardOptions): Button[][] {
  if (commandBot === undefined || commandBot === null) return [];
  const url = `https://t.me/${commandBot}?start=${formatOrderNumber(order.number)}`;
  return [[{ text: 'Open in the command bot', url }]];
}
