import { type Milliseconds, second } from '#kernel/clock.ts';
import type { AdminEnv } from '../kit/env.ts';
import { isTelegramError, readGrammyError } from '../telegram/grammy-errors.ts';
import { networkReason } from '../telegram/telegram.ts';

const downloadMaxMs: Milliseconds = 20 * second;
const telegramRoot = 'https://api.telegram.org';

export type Download = { kind: 'read'; bytes: Uint8Array } | { kind: 'too_large' } | { kind: 'failed'; reason: string };

/** A file that somebody sent to the bot, and never more of it than `bytesMax`. The address holds the token and is not told. */
export async function downloadFile(
  env: Pick<AdminEnv, 'api' | 'clock'>,
  input: { fileId: string; bytesMax: number },
): Promise<Download> {
  try {
    const { file_path: path, file_size: size = 0 } = await env.api.getFile(input.fileId);
    if (path === undefined) return { kind: 'failed', reason: 'Telegram has it no more' };
    if (size > input.bytesMax) return { kind: 'too_large' };
    const root = env.api.options?.apiRoot ?? telegramRoot;
    const answer = await fetch(`${root}/file/bot${env.api.token}/${path}`, {
      redirect: 'error',
      signal: env.clock.deadline(downloadMaxMs),
    });
    if (!answer.ok) return { kind: 'failed', reason: `Telegram answered ${answer.status}` };
    return await readBounded(answer, input.bytesMax);
  } catch (error) {
    if (isTelegramError(error)) return { kind: 'failed', reason: readGrammyError(error).kind.replaceAll('_', ' ') };
    return { kind: 'failed', reason: networkReason(error) };
  }
}

async function readBounded(answer: Response, bytesMax: number): Promise<Download> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.byteLength;
    if (length > bytesMax) return { kind: 'too_large' };
    chunks.push(chunk);
  }
  return { kind: 'read', bytes: Buffer.concat(chunks) };
}
