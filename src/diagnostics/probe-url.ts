import { clip } from '#kernel/text.ts';

/** The result of one probe of an address; at most 4 KiB of the body are kept. */
export type ProbeResult =
  | { kind: 'answered'; status: number; contentType: string; text: string }
  /** A code such as ENOTFOUND, or a word. Never an error's message, which contains the address. */
  | { kind: 'failed'; reason: string };

const textMax = 4_096;

/** Follows no redirect: the probe shows who answers at exactly this address. */
export async function probeUrl(
  url: string,
  request: { method: 'GET' | 'HEAD' | 'POST'; signal: AbortSignal },
): Promise<ProbeResult> {
  try {
    const headers = { 'user-agent': 'tillkeeper-doctor' };
    const answer = await fetch(url, { ...request, headers, redirect: 'manual' });
    const text = await readStart(answer);
    return { kind: 'answered', status: answer.status, contentType: answer.headers.get('content-type') ?? '', text };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

async function readStart(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= textMax) break;
  }
  return clip(text, textMax);
}

function reasonOf(error: unknown): string {
  for (let cause = error, depth = 0; depth < 4 && cause instanceof Error; depth += 1, cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && /^[A-Z_0-9]{3,50}$/.test(cause.code)) return cause.code;
    if (cause.name === 'AbortError' || cause.name === 'TimeoutError') return 'no answer in time';
  }
  return error instanceof Error ? error.name : 'unknown failure';
}
