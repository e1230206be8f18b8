import { InputFile } from 'grammy';
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { AdminEnv } from '../kit/env.ts';
import { readGrammyError } from '../telegram/grammy-errors.ts';
import { asGrammySignal } from '../telegram/grammy-sender.ts';
import type { ExportFile } from './export-files.ts';

/** Telegram takes about one message a second in a chat. */
const sendEveryMs: Milliseconds = second;
/** A file that was not taken is sent again so often, after what Telegram asks for or a moment. */
const sendTriesMax = 5;
const sendAgainMs: Milliseconds = 3 * second;
const waitMaxMs: Milliseconds = minute;

export class ExportEnded extends Error {
  readonly end: 'too_large' | 'stopped' | 'failed';

  constructor(end: ExportEnded['end']) {
    super(`the export ended: ${end}`);
    this.end = end;
  }
}

/** Sends one of many files, as an answer to the message that announced them, and waits until the next may follow. Throws ExportEnded when it cannot be sent. */
export async function sendFile(
  env: AdminEnv,
  input: { chatId: number; file: ExportFile; replyTo: number },
): Promise<void> {
  const { chatId, file } = input;
  const reply = { message_id: input.replyTo, allow_sending_without_reply: true };
  for (let attempt = 1; ; attempt += 1) {
    if (env.stopping.aborted) throw new ExportEnded('stopped');
    try {
      const document = new InputFile(file.bytes, file.name);
      await env.api.sendDocument(
        chatId,
        document,
        { disable_notification: true, reply_parameters: reply },
        asGrammySignal(env.stopping),
      );
      await env.clock.pause(sendEveryMs, env.stopping);
      return;
    } catch (error) {
      const outcome = readGrammyError(error);
      const isHopeless = outcome.kind !== 'slow_down' && outcome.kind !== 'unreachable';
      if (isHopeless || attempt >= sendTriesMax) {
        env.log.warn('file not sent', { reason: outcome.kind });
        throw new ExportEnded(env.stopping.aborted ? 'stopped' : 'failed');
      }
      const waitMs = outcome.kind === 'slow_down' ? outcome.retryAfterMs : sendAgainMs;
      await env.clock.pause(Math.min(waitMs, waitMaxMs), env.stopping);
    }
  }
}
