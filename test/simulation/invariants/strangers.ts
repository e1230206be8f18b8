import { adminBot, pagerBot, stranger } from '../world/settings.ts';
import type { Invariant } from './invariant.ts';

const greeting = 'This bot is private.';

export const strangers: Invariant = {
  number: 14,
  promise: 'Who is no admin learns nothing from the bots, and does nothing through them.',
  *always({ world }) {
    const { acts, chats } = world.telegram;
    for (const { userId, text, answer } of acts) {
      if (userId !== stranger.id || !answer?.text) continue;
      yield `a stranger who taps “${text}” is answered “${answer.text}”`;
    }
    for (const bot of [adminBot, pagerBot]) {
      for (const { text } of chats.newest({ bot, chatId: stranger.id }, 100)) {
        if (text !== greeting) yield `@${bot} writes to a stranger: ${text}`;
      }
    }
  },
  *atRest({ rows }) {
    const found = rows<{ action: string; subject: string }>(
      "select action, subject from audit_records where actor_kind = 'admin' and actor_id = ?",
      String(stranger.id),
    );
    for (const { action, subject } of found) yield `a stranger did ${action} to ${subject}`;
  },
};
