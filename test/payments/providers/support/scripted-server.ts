import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, createClock, type Milliseconds } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';

export interface TestClock extends Clock {
  /** Every wait that was asked for; none of them took any time. */
  readonly slept: Milliseconds[];
  /** Time passes until then; a moment before now is a wall clock that was set back. */
  set(time: Milliseconds): void;
}

/** A clock that stands still; to sleep moves it. */
export function testClock(start: Milliseconds = Date.UTC(2026, 10, 22, 12)): TestClock {
  let time = start;
  let elapsed = 0;
  const slept: Milliseconds[] = [];
  const sleep: Clock['sleep'] = async (ms) => {
    slept.push(ms);
    time += ms;
    elapsed += ms;
  };
  return {
    ...createClock({ now: () => time, elapsed: () => elapsed }),
    slept,
    sleep,
    pause: sleep,
    set: (to) => {
      elapsed += Math.max(to - time, 0);
      time = to;
    },
  };
}

/** Numbers that are the same for the same seed (a linear congruence is random enough for jitter and nonces). */
export function seededRandom(seed = 1): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)) };
}

export interface LoggedEvent {
  level: 'info' | 'warn' | 'error';
  message: string;
  facts: unknown;
}

export function recordingLog(): EventLog & { events: LoggedEvent[] } {
  const events: LoggedEvent[] = [];
  const at = (level: LoggedEvent['level']) => (message: string, facts?: unknown) => {
    events.push({ level, message, facts });
  };
  return { events, info: at('info'), warn: at('warn'), error: at('error') };
}

interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** A server on loopback that answers each request by the next line of a script, and the last line for ever. */
export async function scriptedServer(...script: Answer[]) {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body };
      requests.push(seen);
      script[Math.min(requests.length, script.length) - 1]?.(response, seen);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    requests,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export const reset: Answer = (response) => response.socket?.resetAndDestroy();
export const silence: Answer = () => undefined;
