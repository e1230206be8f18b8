import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type Milliseconds, second } from '#kernel/clock.ts';

/** Shorter than servers and routers keep a connection that nobody uses. */
const idleMaxMs: Milliseconds = 30 * second;

/**
 * Keeps connections to Telegram, and closes idle ones before the other side does: what is sent over one that ends in that moment is
 * lost, and with it an answer that somebody waits for. Node heeds how long a server says it keeps them only where there is a bound.
 */
export function createTelegramAgent(apiRoot: string | undefined): HttpAgent | HttpsAgent {
  const options = { keepAlive: true, timeout: idleMaxMs };
  return apiRoot?.startsWith('http:') ? new HttpAgent(options) : new HttpsAgent(options);
}
