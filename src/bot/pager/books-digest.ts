// A closed day is told of once in each chat that alerts go to. What was sent is remembered, so that a repeat after a crash
// sends nothing where the first one got through and was noted; between the two, Telegram itself cannot be asked.
import type { AdminDirectory } from '#access/admin.ts';
import { type ClosedDay, readLedgerDays } from '#accounting/ledger/read-ledger.ts';
import { readCalendarDay } from '#kernel/calendar.ts';
import { createKeyedMutex } from '#kernel/keyed-mutex.ts';
import { findSentMessage } from '#messaging/queues/sent-messages.ts';
import type { DeliveryResult, OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import { daysDrawn, drawBooks } from '../charts/books-chart.ts';
import type { AdminBotDeps } from '../kit/env.ts';
import { bookDigest } from '../screens/accounting/books-view.ts';
import { rememberCard, sumUp } from '../telegram/cards.ts';
import type { ChatSender, SendOutcome } from '../telegram/telegram.ts';
import type { View } from '../text/view.ts';
import { alertChats } from './alert-cards.ts';

interface BooksDigestDeps extends Pick<AdminBotDeps, 'database' | 'clock' | 'log'> {
  admins: AdminDirectory;
  sender: ChatSender;
  commandBot(): string | null;
}

export function createBooksDigestHandler(
  deps: BooksDigestDeps,
  options: { alertChatId: number | null },
): OutboxHandler {
  const inTurn = createKeyedMutex();

  async function tellEverywhere(dayText: string, signal: AbortSignal): Promise<DeliveryResult> {
    const day = readCalendarDay(dayText);
    const closed = day && (await readLedgerDays(deps, { until: day, limit: daysDrawn }));
    const newest = closed?.at(-1);
    if (closed === undefined || newest === undefined || newest.day !== day) {
      return { kind: 'done', outcome: 'no such closing' };
    }
    const view = bookDigest(newest, { commandBot: deps.commandBot() });
    const photo = await drawBooks(closed);
    const outcomes: { chatId: number; outcome: SendOutcome }[] = [];
    for (const chatId of await alertChats(deps.admins, options.alertChatId)) {
      const outcome = await tell({ chatId, closed: newest, view, photo, signal });
      if (outcome.kind === 'blocked') deps.log.warn('digest not sent', { day, chatId, reason: outcome.reason });
      outcomes.push({ chatId, outcome });
    }
    return sumUp(outcomes);
  }

  async function tell(message: {
    chatId: number;
    closed: ClosedDay;
    view: View;
    photo: Uint8Array;
    signal: AbortSignal;
  }): Promise<SendOutcome> {
    const { chatId, closed, view, photo, signal } = message;
    const subject = `books:${closed.day}`;
    const sent = await findSentMessage(deps, { bot: 'pager', chatId, subject });
    if (sent !== undefined) return { kind: 'not_modified' };
    // What is in order need not ring at night.
    const isSilent = closed.content.unexplained.count === 0;
    let outcome = await deps.sender.sendPhoto({ chatId, photo, view, isSilent }, signal);
    // A chat may take no pictures, or not this one: the words matter more.
    if (outcome.kind === 'refused' || outcome.kind === 'blocked') {
      outcome = await deps.sender.send({ chatId, view, isSilent, replyTo: null }, signal);
    }
    if (outcome.kind !== 'sent') return outcome;
    const card = { chatId, subject, version: closed.closing.number, view, mark: 'digest', sent: undefined };
    await rememberCard({ ...deps, bot: 'pager' }, { ...card, messageId: outcome.messageId });
    return outcome;
  }

  return {
    topic: 'books.digest',
    deliver(message, signal) {
      const day = String(message.payload['day']);
      return inTurn.run(day, () => tellEverywhere(day, signal));
    },
  };
}
