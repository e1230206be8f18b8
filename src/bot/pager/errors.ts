import { TelegramError } from 'telegraf';
import { classifyRefusal, networkReason, type SendOutcome } from '../telegram/telegram.ts';

/** Reads what Telegraf threw: Telegram's "no", or a failure of the network whose message is not to be trusted with the log. */
export function readTelegrafError(error: unknown): SendOutcome {
  if (!(error instanceof TelegramError)) return { kind: 'unreachable', reason: networkReason(error) };
  return classifyRefusal({
    code: error.code,
    description: error.description,
    retryAfterSeconds: error.parameters?.retry_after,
    migrateToChatId: error.parameters?.migrate_to_chat_id,
  });
}

/** Whether it came from Telegram or from the way there, rather than from our own code. */
export function isTelegramError(error: unknown): boolean {
  if (error instanceof TelegramError) return true;
  return error instanceof Error && (error.name === 'FetchError' || error.name === 'AbortError');
}
