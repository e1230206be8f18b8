// One alert is one message in each chat that alerts go to, and so is one group of them. The outbox may bring the same alert twice at once,
// or an older version after a newer one: work on one alert is done in turn, and always shows the alert as it is now.
import type { Case, CaseStatus } from '#cases/case.ts';
import { findCase, type GroupView, groupStatus, readCaseGroup } from '#cases/read-cases.ts';
import { createKeyedMutex } from '#kernel/keyed-mutex.ts';
import type { OutboxMessage, SentMessage } from '#messaging/queues/messaging-store.ts';
import { asKnown, hadUnknownAttempt, redrawLater } from '#messaging/queues/redraw.ts';
import { listSentMessages } from '#messaging/queues/sent-messages.ts';
import type { Topic } from '#messaging/queues/topics.ts';
import type { DeliveryResult, OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import type { AdminBotDeps } from '../kit/env.ts';
import { alertCard, wakeNotice } from '../screens/cases/alert-card-view.ts';
import { alertGroupCard, groupedFirstMax, groupWakeNotice } from '../screens/cases/alert-group-view.ts';
import { markCard, placeCard, shownMark } from '../telegram/cards.ts';
import type { ChatSender, SendOutcome } from '../telegram/telegram.ts';
import type { View } from '../text/view.ts';
import { providerPage } from '../wording/provider-page.ts';
import { type Place, type TellDeps, tellAdmins } from './tell-admins.ts';

/** The chat heard that the snooze is over, and its card could not be redrawn yet: the next attempt does not ring again. */
const rungMark = 'rung';

type AlertCardDeps = TellDeps & Pick<AdminBotDeps, 'database' | 'providers' | 'ids'>;

/** What a card shows at this moment. */
interface Alert {
  /** For the log. */
  facts: Record<string, string>;
  /** As the sent message is remembered. */
  subject: string;
  status: CaseStatus;
  /** Null where only what the card says tells whether it is current. */
  version: number | null;
  isSilent: boolean;
  view: View;
  /** Rings when a snooze is over; it answers the card. */
  notice: string;
}

export function createAlertCardHandlers(deps: AlertCardDeps, options: { timeZone: string }): OutboxHandler[] {
  const presentation = () => ({ now: deps.clock.now(), timeZone: options.timeZone });
  const readCase = async (caseId: string): Promise<Alert | undefined> => {
    const one = await findCase(deps, caseId);
    const providerUrl = one && providerPage(deps.providers, one);
    return one && ofCase(one, alertCard(one, { ...presentation(), place: 'card', providerUrl: providerUrl ?? null }));
  };
  const readGroup = async (groupId: string): Promise<Alert | undefined> => {
    const group = await readCaseGroup(deps, { groupId, firstMax: groupedFirstMax });
    return group && ofGroup(group, alertGroupCard(group, presentation()));
  };
  return [
    createCardHandler(deps, { topic: 'alert.card', named: 'caseId', read: readCase }),
    createCardHandler(deps, { topic: 'alert.group', named: 'groupId', read: readGroup }),
  ];
}

function ofCase(one: Case, view: View): Alert {
  const { id, status, version, severity } = one;
  const isSilent = severity === 'info' || status !== 'open';
  const about = { facts: { caseId: id }, subject: `case:${id}`, status, version };
  return { ...about, isSilent, view, notice: wakeNotice(one) };
}

function ofGroup(group: GroupView, view: View): Alert {
  const { id, severity } = group.group;
  const status = groupStatus(group);
  const isSilent = severity === 'info' || status !== 'open';
  const about = { facts: { groupId: id }, subject: `group:${id}`, status, version: null };
  return { ...about, isSilent, view, notice: groupWakeNotice(group) };
}

function createCardHandler(
  deps: AlertCardDeps,
  shown: { topic: Topic; named: string; read(id: string): Promise<Alert | undefined> },
): OutboxHandler {
  const { topic, named, read } = shown;
  const inTurn = createKeyedMutex();

  async function showEverywhere(
    id: string,
    { message, signal }: { message: OutboxMessage; signal: AbortSignal },
  ): Promise<DeliveryResult> {
    const alert = await read(id);
    if (alert === undefined) return { kind: 'done', outcome: 'no such case' };
    const { facts, subject, status } = alert;
    const cards = asKnown(await listSentMessages(deps, { subject }), message);
    const result = await tellAdmins(deps, {
      facts,
      queuedAt: message.receivedAt,
      // One that is acknowledged, snoozed or over was seen by somebody, or need not be.
      mustBeSeen: status === 'open',
      alsoIn: cards.map(({ bot, chatId }) => ({ bot: bot === 'admin' ? 'admin' : 'pager', chatId })),
      show: (place, sender) => show(alert, { place, sender, sent: cardIn(cards, place), signal }),
    });
    if (result.kind === 'done' && cards.length > 0 && hadUnknownAttempt(message)) await redrawLater(deps, { subject });
    return result;
  }

  /** Undefined when this chat needs nothing: it shows this version, or the case was over before it was shown. */
  async function show(
    alert: Alert,
    where: { place: Place; sender: ChatSender; sent: SentMessage | undefined; signal: AbortSignal },
  ): Promise<SendOutcome | undefined> {
    const { place, sender, sent, signal } = where;
    const { chatId, bot } = place;
    const { status, subject, version, view, isSilent } = alert;
    const isOver = status === 'resolved';
    if (sent === undefined ? isOver : version !== null && sent.shownVersion >= version) return undefined;
    const mark = sent && shownMark(sent);
    const isWoken = mark === 'snoozed' && status === 'open';
    if (sent !== undefined && isWoken) {
      // Before the card is noted as shown: a repeated ring is better than one that never came.
      const notice = { text: alert.notice, keyboard: [] };
      const rung = await sender.send({ chatId, view: notice, isSilent: false, replyTo: sent.messageId }, signal);
      if (rung.kind !== 'sent') return rung;
    }
    const outcome = await placeCard(
      { ...deps, sender, bot },
      {
        chatId,
        subject,
        version: version ?? 1,
        view,
        mark: status,
        sent,
        isSilent,
        whenGone: isOver ? 'forget' : 'send',
      },
      signal,
    );
    const isLeft = outcome.kind === 'unreachable' || outcome.kind === 'slow_down';
    if (sent !== undefined && isLeft && (isWoken || mark === rungMark)) {
      await markCard(deps, sent, status === 'open' ? rungMark : status);
    }
    return outcome;
  }

  return {
    topic,
    deliver(message, signal) {
      const id = String(message.payload[named]);
      return inTurn.run(id, () => showEverywhere(id, { message, signal }));
    },
  };
}

function cardIn(cards: readonly SentMessage[], place: Place): SentMessage | undefined {
  return cards.find(({ bot, chatId }) => bot === place.bot && chatId === place.chatId);
}
