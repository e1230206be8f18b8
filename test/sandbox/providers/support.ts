import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ProviderSandbox, ProviderSandboxOptions } from '#sandbox/providers/options.ts';
import { startProviderSandbox } from '#sandbox/providers/server.ts';

export const startMs = Date.parse('2026-11-22T12:00:00.000Z');

export interface Clock {
  now(): number;
  advance(ms: number): void;
}

export function createClock(): Clock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}

export async function startSandbox(options: ProviderSandboxOptions = {}): Promise<ProviderSandbox> {
  const sandbox = await startProviderSandbox(options);
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

/** A file of the providers' samples, parsed; trusted to be what its test says it is. */
export function readSample<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`../../fixtures/providers/${path}`, import.meta.url), 'utf8')) as T;
}

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Answers of the next requests; 200 when there are none left. */
  readonly answers: number[];
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    response.writeHead(answers.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, answers };
}

/** A JSON answer, loosely typed: the tests check what came over the wire. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests examine.
  readonly json: any;
}

export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  return answerOf(await fetch(url, { ...init, signal: init.signal ?? AbortSignal.timeout(30_000) }));
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, text, headers: response.headers, json: parseOrUndefined(text) };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
