import { hash } from 'node:crypto';
import type { Context } from 'hono';
import { brokenBody, type Fault, problem, tooLarge } from '../kit/problem.ts';
import { readBody } from '../kit/read-body.ts';

export const jsonBytesMax = 256 * 1024;
const idempotencyKey = /^[\x20-\x7e]{1,255}$/;

export interface JsonRequest {
  value: unknown;
  /** The `Idempotency-Key` and the hash of the bytes that came with it; null without a key. */
  once: { key: string; bodyHash: string } | null;
}

/** The body of a command of the shop's site, and the key under which it acts once; or the answer that says what is wrong. */
export async function readJsonRequest(context: Context): Promise<JsonRequest | Response> {
  if (!isJson(context.req.header('content-type')) || context.req.header('content-encoding') !== undefined) {
    return problem({ status: 415, detail: 'The body must be application/json, without a content encoding.' });
  }
  const key = context.req.header('idempotency-key') ?? null;
  if (key !== null && !idempotencyKey.test(key)) {
    const fault: Fault = { parameter: 'Idempotency-Key', detail: 'must have 1 to 255 printable ASCII characters' };
    return problem({ status: 400, detail: 'The Idempotency-Key is malformed.', errors: [fault] });
  }
  const body = await readBody(context.req.raw, jsonBytesMax);
  if (body.kind === 'too_large') return tooLarge(jsonBytesMax);
  if (body.kind === 'broken') return brokenBody();
  const json = parseJson(body.bytes);
  if (json === undefined) return problem({ status: 400, detail: 'The body is not valid JSON in UTF-8.' });
  return { value: json.value, once: key === null ? null : { key, bodyHash: hash('sha256', body.bytes) } };
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(contentType?.trim() ?? '');
}

function parseJson(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}
