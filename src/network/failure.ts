import { HttpFailure } from './http-client.ts';

/** What undici has names of its own for, by the names that the network has for it. */
const networkCodes: ReadonlyMap<string, string> = new Map([
  ['UND_ERR_SOCKET', 'ECONNRESET'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'ECONNRESET'],
  ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'],
]);

export function canceled(): HttpFailure {
  return new HttpFailure('ERR_CANCELED', 'canceled');
}

/** The error itself is left behind, and with it all that it knows of the request and the connection. */
export function toHttpFailure(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const message = error instanceof Error ? error.message : 'unknown failure';
  const code = codeOf(error) ?? 'UNKNOWN';
  return new HttpFailure(networkCodes.get(code) ?? code, message);
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && code !== '' ? code : undefined;
}
