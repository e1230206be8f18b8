import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings, type ServerType } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Connection, TakeCall } from './connection.ts';

export interface ListenOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
}

export interface Listening {
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string;
  /** Cuts off whoever is still connected. */
  stop(): Promise<void>;
}

/** Takes calls over sockets. */
export async function listen(take: TakeCall, { host = '127.0.0.1', port = 0 }: ListenOptions): Promise<Listening> {
  const server = createAdaptorServer({
    hostname: host,
    fetch: (request, bindings) => take(request, socketConnection(request, bindings as HttpBindings)),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    stop: () => close(server),
  };
}

function socketConnection(request: Request, { incoming, outgoing }: HttpBindings): Connection {
  return {
    target: incoming.url,
    // Asked for only by who needs it, since each signal costs an object.
    get signal() {
      return request.signal;
    },
    cut() {
      incoming.socket.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    },
    /** Until the client gives up or the sandbox stops and closes the connection. */
    hold: () =>
      new Promise((resolve) => {
        if (outgoing.destroyed) return resolve(RESPONSE_ALREADY_SENT);
        outgoing.once('close', () => resolve(RESPONSE_ALREADY_SENT));
      }),
  };
}

function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
