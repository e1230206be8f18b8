import { GrammyError, HttpError } from 'grammy';
import { classifyRefusal, networkReason, type SendOutcome } from './telegram.ts';

/** Reads what grammY threw. Its errors carry the request and, in a cause, the token's address: neither goes further than here. */
export function readGrammyError(error: unknown): SendOutcome {
  if (error instanceof GrammyError) {
    return classifyRefusal({
      code: error.error_code,
      description: error.description,
      retryAfterSeconds: error.parameters.retry_after,
      migrateToChatId: error.parameters.migrate_to_chat_id,
    });
  }
  const inner = error instanceof HttpError ? error.error : error;
  return { kind: 'unreachable', reason: networkReason(inner) };
}

export function isTelegramError(error: unknown): boolean {
  return error instanceof GrammyError || error instanceof HttpError;
}
