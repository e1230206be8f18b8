// One alert is one message in each chat that alerts go to. The outbox may bring the same alert twice at once, or an older
// version after a newer one: work on one alert is done in turn, and always shows the alert as it is now.
import type { AdminDirectory } from '#access/admin.ts';
import type { Case } from '#cases/case.ts';
import { findCase } from '#cases/read-cases.ts';
import { createKeyedMutex } from '#kernel/keyed-mutex.ts';
import type { SentMessage } from '#messaging/queues/messaging-store.ts';
import { listSentMessages } from '#messaging/queues/sent-messages.ts';
import type { OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import type { AdminBotDeps } from '../kit/env.ts';
import { alertCard, wakeNotice } from '../screens/cases/alert-card-view.ts';
import { placeCard, shownMark, sumUp } from '../telegram/cards.ts';
import type { ChatSender, SendOutcome } from '../telegram/telegram.ts';
import { providerPage } from '../wording/provider-page.ts';

interface AlertCardDeps extends Pick<AdminBotDeps, 'database' | 'clock' | 'log' | 'providers'> {
  admins: AdminDirectory;
  sender: ChatSender;
}

interface AlertCardOptions {
  /** Null: every owner, in private. */
  alertChatId: number | null;
  timeZone: string;
}

export function createAlertCardHandler(deps: AlertCardDeps, options: AlertCardOptions): OutboxHandler {
  const inTurn = createKeyedMutex();

  async function showEverywhere(caseId: string, signal: AbortSignal): Promise<ReturnType<typeof sumUp>> {
    const chatIds = await alertChats(deps.admins, options.alertChatId);
    const alert = await findCase(deps, caseId);
    if (alert === undefined) return { kind: 'done', outcome: 'no such case' };
    const cards = await listSentMessages(deps, { bot: 'pager', subject: `case:${caseId}` });
    const outcomes: { chatId: number; outcome: SendOutcome }[] = [];
    for (const chatId of chatIds) {
      const sent = cards.find((message) => message.chatId === chatId);
      const outcome = await show(alert, { chatId, sent, signal });
      if (outcome === undefined) continue;
      outcomes.push({ chatId, outcome });
      if (outcome.kind === 'blocked') {
        deps.log.warn('alert not shown', { caseId, chatId, reason: outcome.reason });
      }
    }
    return sumUp(outcomes);
  }

  /** Undefined when this chat needs nothing: it shows this version, or the case was over before it was shown. */
  async function show(
    alert: Case,
    where: { chatId: number; sent: SentMessage | undefined; signal: AbortSignal },
  ): Promise<SendOutcome | undefined> {
    const { chatId, sent, signal } = where;
    const isOver = alert.status === 'resolved';
    if (sent === undefined ? isOver : sent.shownVersion >= alert.version) return undefined;
    const woken = sent !== undefined && shownMark(sent) === 'snoozed' && alert.status === 'open';
    if (woken) {
      // Before the card is noted as shown: a repeated ring is better than one that never came.
      const view = { text: wakeNotice(alert), keyboard: [] };
      const rung = await deps.sender.send({ chatId, view, isSilent: false, replyTo: sent.messageId }, signal);
      if (rung.kind !== 'sent') return rung;
    }
    return placeCard(
      { ...deps, bot: 'pager' },
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
  }

  return {
    topic: 'alert.card',
    deliver(message, signal) {
      const caseId = String(message.payload['caseId']);
      return inTurn.run(caseId, () => showEverywhere(caseId, signal));
    },
  };
}

/** Where alerts go: to the chat that is set, else to every owner in private. */
export async function alertChats(admins: AdminDirectory, alertChatId: number | null): Promise<number[]> {
  if (alertChatId !== null) return [alertChatId];
  const all = await admins.listAdmins();
  return all.filter((admin) => admin.role === 'owner').map((admin) => admin.id);
}
