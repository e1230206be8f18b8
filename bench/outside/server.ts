// The one server of a benchmark that is provider, shop and Telegram, and answers at once.
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longer than any pause of a benchmark: no connection ends in one. */
const keptMs = 120_000;

export interface OutsideServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function listenOutside(handle: RequestListener): Promise<OutsideServer> {
  const server = createServer(handle);
  server.keepAliveTimeout = keptMs;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function answer(response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

/** Whatever a bot asks for is done, but who it is. */
export function answerAsTelegram(method: string): object {
  if (method !== 'getMe') return { ok: true, result: true };
  return { ok: true, result: { id: 1001, is_bot: true, first_name: 'Till', username: 'till_bot' } };
}
