// A closed day is told of once in each chat that alerts go to. What was sent is remembered, so that a repeat after a crash
// sends nothing where the first one got through and was noted; between the two, Telegram itself cannot be asked.
import { type ClosedDay, readLedgerDays } from '#accounting/ledger/read-ledger.ts';
import { readCalendarDay } from '#kernel/calendar.ts';
import { day, type Milliseconds } from '#kernel/clock.ts';
import { createKeyedMutex } from '#kernel/keyed-mutex.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import { findSentMessage } from '#messaging/queues/sent-messages.ts';
import type { DeliveryResult, OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import { daysDrawn, drawBooks } from '../charts/books-chart.ts';
import type { AdminBotDeps } from '../kit/env.ts';
import { bookDigest } from '../screens/accounting/books-view.ts';
import { rememberCard } from '../telegram/cards.ts';
import type { ChatSender, SendOutcome } from '../telegram/telegram.ts';
import type { View } from '../text/view.ts';
import { type Place, type TellDeps, tellAdmins } from './tell-admins.ts';

interface BooksDigestDeps extends TellDeps, Pick<AdminBotDeps, 'database' | 'ids'> {
  commandBot(): string | null;
  draw?: typeof drawBooks;
}

/** A report is news for so long: an older one need not be seen any more, as `/books` has every day. */
const newsForMs: Milliseconds = 7 * day;

export function createBooksDigestHandler(deps: BooksDigestDeps): OutboxHandler {
  const inTurn = createKeyedMutex();

  async function tellEverywhere(
    dayText: string,
    { message, signal }: { message: OutboxMessage; signal: AbortSignal },
  ): Promise<DeliveryResult> {
    const until = readCalendarDay(dayText);
    const closed = until && (await readLedgerDays(deps, { until, limit: daysDrawn }));
    const newest = closed?.at(-1);
    if (closed === undefined || newest === undefined || newest.day !== until) {
      return { kind: 'done', outcome: 'no such closing' };
    }
    const view = bookDigest(newest, { commandBot: deps.commandBot() });
    const photo = await draw(closed);
    return tellAdmins(deps, {
      facts: { day: until },
      queuedAt: message.receivedAt,
      mustBeSeen: deps.clock.now() - message.receivedAt < newsForMs,
      show: (place, sender) => show(place, { sender, closed: newest, view, photo, signal }),
    });
  }

  /** The words matter more: a picture that cannot be drawn keeps nobody from them. */
  async function draw(closed: readonly ClosedDay[]): Promise<Uint8Array | undefined> {
    try {
      return await (deps.draw ?? drawBooks)(closed);
    } catch (error) {
      deps.log.error('digest not drawn', { day: closed.at(-1)?.day ?? null }, error);
      return undefined;
    }
  }

  async function show(
    { bot, chatId }: Place,
    digest: { sender: ChatSender; closed: ClosedDay; view: View; photo: Uint8Array | undefined; signal: AbortSignal },
  ): Promise<SendOutcome> {
    const { sender, closed, view, photo, signal } = digest;
    const subject = `books:${closed.day}`;
    const sent = await findSentMessage(deps, { bot, chatId, subject });
    if (sent !== undefined) return { kind: 'not_modified' };
    // What is in order need not ring at night.
    const isSilent = closed.content.unexplained.count === 0;
    let outcome = photo && (await sender.sendPhoto({ chatId, photo, view, isSilent }, signal));
    // A chat may take no pictures, or not this one.
    if (outcome === undefined || outcome.kind === 'refused' || outcome.kind === 'blocked') {
      outcome = await sender.send({ chatId, view, isSilent, replyTo: null }, signal);
    }
    if (outcome.kind !== 'sent') return outcome;
    const card = { chatId, subject, version: closed.closing.number, view, mark: 'digest', sent: undefined };
    await rememberCard({ ...deps, bot }, { ...card, messageId: outcome.messageId });
    return outcome;
  }

  return {
    topic: 'books.digest',
    deliver(message, signal) {
      const dayText = String(message.payload['day']);
      return inTurn.run(dayText, () => tellEverywhere(dayText, { message, signal }));
    },
  };
}
