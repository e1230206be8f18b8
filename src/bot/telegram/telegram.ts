// What both bots need of Telegram, in words that neither grammY nor Telegraf owns.

import type { Milliseconds } from '#kernel/clock.ts';
import { clip } from '#kernel/text.ts';
import type { View } from '../text/view.ts';

/** How updates come in. `send_only`: another poller owns the token, and this bot only sends. */
export type UpdateMode =
  | { kind: 'polling' }
  | { kind: 'webhook'; publicUrl: string; secret: string }
  | { kind: 'send_only' };

/** As much of an update as a carrier of updates needs to know. */
export interface TelegramUpdate {
  update_id: number;
}

export interface BotHealth {
  ok: boolean;
  detail: string;
  lastOkAt: Milliseconds | null;
}

/** What became of a call. Grouped by what has to be done about it. */
export type SendOutcome =
  | { kind: 'sent'; messageId: number }
  | { kind: 'not_modified' }
  /** The message that was to be edited is no longer there. */
  | { kind: 'gone' }
  /** This chat cannot be written to: the bot is blocked, was removed, or was never started. */
  | { kind: 'blocked'; reason: string }
  /** The group became a supergroup and has another id now: what goes there begins anew. */
  | { kind: 'moved'; toChatId: number }
  | { kind: 'slow_down'; retryAfterMs: Milliseconds }
  /** No answer, a failure at Telegram, or a token that is not accepted: worth another try. */
  | { kind: 'unreachable'; reason: string; isTokenRefused?: true; isConflict?: true }
  /** Telegram will never accept this message. */
  | { kind: 'refused'; reason: string };

/** Sends cards; answers with an outcome and never throws for what Telegram or the network did. */
export interface ChatSender {
  send(
    message: { chatId: number; view: View; isSilent: boolean; replyTo: number | null },
    signal: AbortSignal,
  ): Promise<SendOutcome>;
  edit(message: { chatId: number; messageId: number; view: View }, signal: AbortSignal): Promise<SendOutcome>;
  /** A picture (PNG) with the view under it; its text must fit a caption. */
  sendPhoto(
    message: { chatId: number; photo: Uint8Array; view: View; isSilent: boolean },
    signal: AbortSignal,
  ): Promise<SendOutcome>;
}

/** A sender whose every call goes through `around`, which is told the chat and makes the call, or does not. */
export function aroundSends(
  sender: ChatSender,
  around: (chatId: number, call: () => Promise<SendOutcome>) => Promise<SendOutcome>,
): ChatSender {
  return {
    send: (message, signal) => around(message.chatId, () => sender.send(message, signal)),
    edit: (message, signal) => around(message.chatId, () => sender.edit(message, signal)),
    sendPhoto: (message, signal) => around(message.chatId, () => sender.sendPhoto(message, signal)),
  };
}

/** Telegram's own "no", as both libraries hand it on. */
interface TelegramRefusal {
  code: number;
  description: string;
  retryAfterSeconds: number | undefined;
  migrateToChatId: number | undefined;
}

const goneWords = /message to edit not found|message can't be edited|message_id_invalid|message identifier is not/i;
const blockedWords =
  /chat not found|peer_id_invalid|user is deactivated|bot was kicked|not enough rights|need administrator rights|have no rights|chat_write_forbidden|chat_restricted|topic_(closed|deleted)|chat_(send|guest_send)_\w+_forbidden/i;

export function classifyRefusal(refusal: TelegramRefusal): SendOutcome {
  const { code, description } = refusal;
  const reason = clip(`${code}: ${description}`, 300);
  // Telegram names the wait in whole seconds; one second is its own smallest.
  if (code === 429) return { kind: 'slow_down', retryAfterMs: (refusal.retryAfterSeconds ?? 1) * 1_000 };
  if (refusal.migrateToChatId !== undefined) return { kind: 'moved', toChatId: refusal.migrateToChatId };
  // 401 is a token that Telegram does not know, 404 one that cannot be a token.
  if (code === 401 || code === 404) return { kind: 'unreachable', reason, isTokenRefused: true };
  // Somebody else takes the updates.
  if (code === 409) return { kind: 'unreachable', reason, isConflict: true };
  if (code >= 500) return { kind: 'unreachable', reason };
  if (code === 403 || blockedWords.test(description)) return { kind: 'blocked', reason };
  if (/message is not modified/i.test(description)) return { kind: 'not_modified' };
  if (goneWords.test(description)) return { kind: 'gone' };
  return { kind: 'refused', reason };
}

/** The name or code of a network failure. Never its message: that one carries the address, and the address the token. */
export function networkReason(error: unknown): string {
  for (let cause = error, depth = 0; depth < 4 && cause instanceof Error; depth += 1) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code)) return code;
    if (cause.name === 'AbortError' || cause.name === 'TimeoutError') return 'no answer in time';
    const inner = cause as { error?: unknown };
    cause = cause.cause ?? inner.error;
  }
  return error instanceof Error ? error.name : 'unknown failure';
}
