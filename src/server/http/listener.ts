import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { EventLog } from '#kernel/process.ts';

export interface ListenerOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  /** How long requests in progress may take once the server stops; then their connections are closed. */
  stopTimeoutMs: Milliseconds;
}

export interface Listener {
  start(): Promise<{ port: number }>;
  /** Stops accepting, lets requests in progress finish, and resolves when no connection is left. May be called twice. */
  stop(): Promise<void>;
}

/** A sender that transmits its headers or body slowly may keep a connection no longer than this. */
const headersTimeoutMs = 10 * second;
const requestTimeoutMs = 30 * second;
/** Longer than the idle time of the usual reverse proxies (a minute), so that they never write into a closing connection. */
const keepAliveTimeoutMs = minute + 5 * second;
const idleSweepMs = 50;

export function createListener(
  deps: { fetch(request: Request, env: object): Response | Promise<Response>; log: EventLog },
  options: ListenerOptions,
): Listener {
  // The adaptor is typed for HTTP/2 too; without a createServer of its own it makes a node:http server.
  const server = createAdaptorServer({
    fetch: deps.fetch,
    serverOptions: {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
    },
  }) as Server;
  let stopped: Promise<void> | undefined;

  async function close(): Promise<void> {
    if (!server.listening) return;
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    // A kept-alive connection becomes idle only when its request is answered, so closing the idle ones once is not enough.
    const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
    const deadline = setTimeout(() => {
      deps.log.warn('requests cut off', { afterMs: options.stopTimeoutMs });
      server.closeAllConnections();
    }, options.stopTimeoutMs);
    await closed.promise;
    clearInterval(sweep);
    clearTimeout(deadline);
  }

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: options.host, port: options.port }, () => {
          server.off('error', reject);
          server.on('error', (error) => deps.log.error('server failed', {}, error));
          resolve({ port: (server.address() as AddressInfo).port });
        });
      }),
    stop: () => {
      stopped ??= close();
      return stopped;
    },
  };
}
