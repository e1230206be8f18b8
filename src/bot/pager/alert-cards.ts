// One alert is one message in each chat that alerts go to. The outbox may bring the same alert twice at once, or an older
// version after a newer one: work on one alert is done in turn, and always shows the alert as it is now.
import type { Case } from '#cases/case.ts';
import { findCase } from '#cases/read-cases.ts';
import { createKeyedMutex } from '#kernel/keyed-mutex.ts';
import type { OutboxMessage, SentMessage } from '#messaging/queues/messaging-store.ts';
import { asKnown, hadUnknownAttempt, redrawLater } from '#messaging/queues/redraw.ts';
import { listSentMessages } from '#messaging/queues/sent-messages.ts';
import type { DeliveryResult, OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import type { AdminBotDeps } from '../kit/env.ts';
import { alertCard, wakeNotice } from '../screens/cases/alert-card-view.ts';
import { markCard, placeCard, shownMark } from '../telegram/cards.ts';
import type { ChatSender, SendOutcome } from '../telegram/telegram.ts';
import { providerPage } from '../wording/provider-page.ts';
import { type Place, type TellDeps, tellAdmins } from './tell-admins.ts';

/** The chat heard that the snooze is over, and its card could not be redrawn yet: the next attempt does not ring again. */
const rungMark = 'rung';

type AlertCardDeps = TellDeps & Pick<AdminBotDeps, 'database' | 'providers' | 'ids'>;

export function createAlertCardHandler(deps: AlertCardDeps, options: { timeZone: string }): OutboxHandler {
  const inTurn = createKeyedMutex();

  async function showEverywhere(
    caseId: string,
    { message, signal }: { message: OutboxMessage; signal: AbortSignal },
  ): Promise<DeliveryResult> {
    const alert = await findCase(deps, caseId);
    if (alert === undefined) return { kind: 'done', outcome: 'no such case' };
    const subject = `case:${caseId}`;
    const cards = asKnown(await listSentMessages(deps, { subject }), message);
    const result = await tellAdmins(deps, {
      facts: { caseId },
      queuedAt: message.receivedAt,
      // One that is acknowledged, snoozed or over was seen by somebody, or need not be.
      mustBeSeen: alert.status === 'open',
      alsoIn: cards.map(({ bot, chatId }) => ({ bot: bot === 'admin' ? 'admin' : 'pager', chatId })),
      show: (place, sender) => show(alert, { place, sender, sent: cardIn(cards, place), signal }),
    });
    if (result.kind === 'done' && cards.length > 0 && hadUnknownAttempt(message)) await redrawLater(deps, { subject });
    return result;
  }

  /** Undefined when this chat needs nothing: it shows this version, or the case was over before it was shown. */
  async function show(
    alert: Case,
    where: { place: Place; sender: ChatSender; sent: SentMessage | undefined; signal: AbortSignal },
  ): Promise<SendOutcome | undefined> {
    const { place, sender, sent, signal } = where;
    const { chatId, bot } = place;
    const isOver = alert.status === 'resolved';
    if (sent === undefined ? isOver : sent.shownVersion >= alert.version) return undefined;
    const mark = sent && shownMark(sent);
    const isWoken = mark === 'snoozed' && alert.status === 'open';
    if (sent !== undefined && isWoken) {
      // Before the card is noted as shown: a repeated ring is better than one that never came.
      const view = { text: wakeNotice(alert), keyboard: [] };
      const rung = await sender.send({ chatId, view, isSilent: false, replyTo: sent.messageId }, signal);
      if (rung.kind !== 'sent') return rung;
    }
    const outcome = await placeCard(
      { ...deps, sender, bot },
      {
        chatId,
        subject: `case:${alert.id}`,
        version: alert.version,
        view: alertCard(alert, {
          now: deps.clock.now(),
          timeZone: options.timeZone,
          place: 'card',
          providerUrl: providerPage(deps.providers, alert),
        }),
        mark: alert.status,
        sent,
        isSilent: alert.severity === 'info' || alert.status !== 'open',
        whenGone: isOver ? 'forget' : 'send',
      },
      signal,
    );
    const isLeft = outcome.kind === 'unreachable' || outcome.kind === 'slow_down';
    if (sent !== undefined && isLeft && (isWoken || mark === rungMark)) {
      await markCard(deps, sent, alert.status === 'open' ? rungMark : alert.status);
    }
    return outcome;
  }

  return {
    topic: 'alert.card',
    deliver(message, signal) {
      const caseId = String(message.payload['caseId']);
      return inTurn.run(caseId, () => showEverywhere(caseId, { message, signal }));
    },
  };
}

function cardIn(cards: readonly SentMessage[], place: Place): SentMessage | undefined {
  return cards.find(({ bot, chatId }) => bot === place.bot && chatId === place.chatId);
}
