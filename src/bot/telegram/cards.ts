// One card per bot, chat and subject. What was sent is remembered, so that the next showing is an edit, and a repeat after
// a crash finds its message again.
import { createHash } from 'node:crypto';
import type { SentMessage } from '#messaging/queues/messaging-store.ts';
import { forgetSentMessage, rememberSentMessage } from '#messaging/queues/sent-messages.ts';
import type { TopicMessage } from '#messaging/queues/topics.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import { plainView, type View } from '../text/view.ts';
import type { ChatSender, SendOutcome } from './telegram.ts';

type RememberDeps = Parameters<typeof rememberSentMessage>[0] & { bot: 'admin' | 'pager' };
type CardDeps = RememberDeps & { sender: ChatSender };

interface CardInput {
  chatId: number;
  subject: string;
  version: number;
  view: View;
  /** A word about what the card shows; it is kept with the message. */
  mark: string;
  sent: SentMessage | undefined;
  isSilent: boolean;
  /** A card that is no longer there is sent anew, or let go. */
  whenGone: 'send' | 'forget';
}

/** Edits the chat's card, or sends it where there is none; the outcome is remembered before it is returned. */
export async function placeCard(deps: CardDeps, input: CardInput, signal: AbortSignal): Promise<SendOutcome> {
  if (input.sent === undefined) return sendCard(deps, input, signal);
  const { chatId, view } = input;
  const { messageId } = input.sent;
  const isShown = input.sent.contentHash === contentMark(input);
  const outcome: SendOutcome = isShown
    ? { kind: 'not_modified' }
    : await orPlain(view, (shown) => deps.sender.edit({ chatId, messageId, view: shown }, signal));
  if (outcome.kind === 'sent' || outcome.kind === 'not_modified') {
    await rememberCard(deps, { ...input, messageId });
    return outcome;
  }
  if (outcome.kind !== 'gone') return outcome;
  if (input.whenGone === 'send') return sendCard(deps, input, signal);
  await forgetCard(deps, input);
  return outcome;
}

async function sendCard(deps: CardDeps, input: CardInput, signal: AbortSignal): Promise<SendOutcome> {
  const { chatId, view, isSilent } = input;
  const outcome = await orPlain(view, (shown) =>
    deps.sender.send({ chatId, view: shown, isSilent, replyTo: null }, signal),
  );
  if (outcome.kind === 'sent') await rememberCard(deps, { ...input, sent: undefined, messageId: outcome.messageId });
  return outcome;
}

/** A card that Telegram will not take, for its markup or for an address in it, comes as plain words. */
async function orPlain(view: View, call: (view: View) => Promise<SendOutcome>): Promise<SendOutcome> {
  const outcome = await call(view);
  return outcome.kind === 'refused' ? call(plainView(view)) : outcome;
}

export function rememberCard(
  deps: RememberDeps,
  card: Pick<CardInput, 'chatId' | 'subject' | 'version' | 'view' | 'mark' | 'sent'> & {
    messageId: number;
    beside?: readonly TopicMessage[];
  },
): Promise<void> {
  const { chatId, subject, messageId, beside } = card;
  const shown = { shownVersion: card.version, contentHash: contentMark(card) };
  const message = { bot: deps.bot, chatId, subject, messageId, ...shown };
  return rememberSentMessage(deps, { message, before: card.sent, ...(beside && { beside }) });
}

export function forgetCard(
  deps: Pick<RememberDeps, 'database' | 'bot'>,
  card: { chatId: number; subject: string },
): Promise<void> {
  return forgetSentMessage(deps, { bot: deps.bot, chatId: card.chatId, subject: card.subject });
}

/** Notes another word about a card that could not be redrawn: whatever is shown next is drawn. */
export function markCard(deps: Omit<RememberDeps, 'bot'>, sent: SentMessage, mark: string): Promise<void> {
  return rememberSentMessage(deps, { message: { ...sent, contentHash: `${mark}:` }, before: sent });
}

/** The mark stands in front of the hash, so that what the message shows can be told from the stored row. */
function contentMark(card: Pick<CardInput, 'view' | 'mark'>): string {
  const hash = createHash('sha256').update(JSON.stringify([card.view.text, card.view.keyboard]));
  return `${card.mark}:${hash.digest('base64url').slice(0, 22)}`;
}

/** The word that was given as `mark` when the message was last shown. */
export function shownMark(sent: SentMessage): string {
  return sent.contentHash.slice(0, sent.contentHash.lastIndexOf(':'));
}

/**
 * What became of a message that goes to several chats. A chat that cannot be written to is done with, never an endless
 * retry; a chat that failed is tried again, and the others find their card up to date then. A wait that Telegram asked for
 * uses up no attempt.
 */
export function sumUp(outcomes: readonly { chatId: number; outcome: SendOutcome }[]): DeliveryResult {
  const retry = { kind: 'retry', retryAfterMs: null } as const;
  for (const { outcome } of outcomes) {
    if (outcome.kind === 'moved') return { ...retry, error: 'the chat has a new id' };
    if (outcome.kind === 'unreachable') return { ...retry, error: outcome.reason };
  }
  const waits = outcomes.flatMap(({ outcome }) => (outcome.kind === 'slow_down' ? [outcome.retryAfterMs] : []));
  if (waits.length > 0) {
    return { ...retry, error: 'Telegram asks to slow down', retryAfterMs: Math.min(...waits), isUntried: true };
  }
  for (const { chatId, outcome } of outcomes) {
    if (outcome.kind === 'refused') return { kind: 'give_up', reason: `chat ${chatId}: ${outcome.reason}` };
  }
  const counts = new Map<string, number>();
  for (const { outcome } of outcomes) counts.set(outcome.kind, (counts.get(outcome.kind) ?? 0) + 1);
  const words = [...counts].map(([kind, count]) => `${count} ${kind}`);
  return { kind: 'done', outcome: words.length === 0 ? 'nothing to show' : words.join(', ') };
}
