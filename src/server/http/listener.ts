import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { EventLog } from '#kernel/process.ts';
import { connectionsMaxUnder, readDescriptorsMax } from './connections-max.ts';
import { type CutReason, createPeers, type PeerLimits } from './peers.ts';

export interface ListenerOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  /** How long requests in progress may take once the server stops; then their connections are closed. */
  stopTimeoutMs: Milliseconds;
  /** What differs from the defaults. */
  limits?: Partial<Limits> | undefined;
}

/** A sender that transmits its headers or body slowly may take no longer than this. */
interface Limits extends PeerLimits {
  headersMaxMs: Milliseconds;
  requestMaxMs: Milliseconds;
}

const usualLimits: Omit<Limits, 'connectionsMax'> = {
  pipelinedMax: 16,
  unreadMaxMs: 20 * second,
  headersMaxMs: 10 * second,
  requestMaxMs: 30 * second,
};

export interface Listener {
  start(): Promise<{ port: number }>;
  /** Stops accepting, lets requests in progress finish, and resolves when no connection is left. May be called twice. */
  stop(): Promise<void>;
}

/** Longer than the idle time of the usual reverse proxies (a minute), so that they never write into a closing connection. */
const keepAliveTimeoutMs = minute + 5 * second;
const idleSweepMs = 50;
/** How often Node looks for senders that are too slow; the default is half a minute. */
const slowSendersSweepMs = 2 * second;

export interface ListenerDeps {
  fetch(request: Request, env: object): Response | Promise<Response>;
  log: EventLog;
  onCut?: ((reason: CutReason) => void) | undefined;
}

/** The server could not listen. The message names the setting to change. */
export class ListenFailed extends Error {
  override readonly name = 'ListenFailed';
}

function listenFailed(error: NodeJS.ErrnoException, { host, port }: ListenerOptions): ListenFailed {
  return new ListenFailed(`cannot listen on ${host}, port ${port}: ${adviceOf(error)}`, { cause: error });
}

function adviceOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'another program has the port; stop it, or set PORT';
  if (code === 'EACCES') return 'a port below 1024 needs more rights; set PORT';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'set HOST to an address of this machine';
  return message;
}

export type CreateListener = (deps: ListenerDeps, options: ListenerOptions) => Listener;

export function createListener(deps: ListenerDeps, options: ListenerOptions): Listener {
  const connectionsMax = connectionsMaxUnder(readDescriptorsMax());
  const limits: Limits = { ...usualLimits, connectionsMax, ...options.limits };
  const peers = createPeers(limits, deps.onCut ?? (() => undefined));
  // HTTP/1.0 knows no Host, and load balancers still speak it; nothing here depends on the name.
  const listener = getRequestListener(deps.fetch, { hostname: 'localhost' });
  const server = createServer(
    {
      headersTimeout: limits.headersMaxMs,
      requestTimeout: limits.requestMaxMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(slowSendersSweepMs, limits.headersMaxMs),
    },
    peers.serve((incoming, outgoing) => void listener(incoming, outgoing)),
  );
  server.on('connection', (socket) => peers.admit(socket));
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
        const refuse = (error: Error): void => reject(listenFailed(error, options));
        server.once('error', refuse);
        server.listen({ host: options.host, port: options.port }, () => {
          server.off('error', refuse);
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
