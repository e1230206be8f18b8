import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings, type ServerType } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Connection } from './connection.ts';
import type { ProviderSandbox, ProviderSandboxCore, ProviderSandboxOptions } from './options.ts';
import { createProviderSandbox } from './sandbox.ts';

// The simulated providers on one port of this machine, with time that passes by itself.

const tickMs = 200;
const settleTimeoutMs = 10_000;

export async function startProviderSandbox(options: ProviderSandboxOptions = {}): Promise<ProviderSandbox> {
  let origin = '';
  const core = createProviderSandbox({
    ...options,
    origin: () => origin,
    // One after the other, and held back in real time, for a test's clock may stand still.
    webhooksAtOnce: 1,
    holdNow: () => performance.now(),
  });
  const server = createAdaptorServer({
    fetch: (request, bindings) => core.fetch(request, socketConnection(bindings as HttpBindings)),
  });
  origin = await listen(server, options);
  const timer = setInterval(core.tick, tickMs);

  return {
    ...core,
    url: `${origin}/`,
    settle: (settleOptions) => settle(core, settleOptions?.timeoutMs ?? settleTimeoutMs),
    async stop() {
      clearInterval(timer);
      await core.stop();
      await close(server);
    },
  };
}

function socketConnection({ incoming, outgoing }: HttpBindings): Connection {
  return {
    target: incoming.url,
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

async function settle(core: ProviderSandboxCore, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    core.tick();
    core.release();
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (!core.hasWork()) return;
    if (performance.now() > deadline) throw new Error(`webhooks did not settle within ${timeoutMs} ms`);
  }
}

function listen(server: ServerType, { host = '127.0.0.1', port = 0 }: ProviderSandboxOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}`);
    });
  });
}

function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
