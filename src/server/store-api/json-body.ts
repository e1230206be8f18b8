import { hash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { brokenBody, problem, tooLarge } from '../kit/problem.ts';
import { readBody } from '../kit/read-body.ts';

const jsonBytesMax = 256 * 1024;

/** Reads a JSON body of bounded size for the schema of the route, and keeps the hash of the bytes as they came. */
export const jsonBody: MiddlewareHandler<{ Variables: { bodyHash: string } }> = async (context, next) => {
  const { raw } = context.req;
  if (!isJson(raw.headers.get('content-type')) || raw.headers.has('content-encoding')) {
    return problem({ status: 415, detail: 'The body must be application/json, without a content encoding.' });
  }
  const body = await readBody(raw, jsonBytesMax);
  if (body.kind === 'too_large') return tooLarge(jsonBytesMax);
  if (body.kind === 'broken') return brokenBody();
  const json = parseJson(body.bytes);
  if (json === undefined) return problem({ status: 400, detail: 'The body is not valid JSON in UTF-8.' });
  // The validator of the route reads type and JSON from the request. It knows fewer spellings of the type.
  raw.headers.set('content-type', 'application/json');
  context.req.json = () => Promise.resolve(json.value);
  context.set('bodyHash', hash('sha256', body.bytes));
  return await next();
};

function isJson(contentType: string | null): boolean {
  return /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(contentType?.trim() ?? '');
}

function parseJson(bytes: Uint8Array) {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}
