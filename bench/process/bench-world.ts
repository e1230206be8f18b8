// The whole product as `npm start` runs it, fully configured, with the sandbox as its Telegram and its providers.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProviderSandbox } from '#sandbox/providers/server.ts';
import { startTelegramSandbox } from '#sandbox/telegram/server.ts';

export interface BenchWorld {
  /** A full configuration. */
  environment(port: number): Record<string, string>;
  /** Where the process is started: a folder without a `.env`. */
  readonly folder: string;
  close(): Promise<void>;
}

const adminToken = '1001:benchmark-admin-token';
const pagerToken = '1002:benchmark-pager-token';
const ownerId = 42;

/** `databaseUrl`: a database that is there, instead of a new file for each start. */
export async function openBenchWorld({ databaseUrl }: { databaseUrl?: string | undefined } = {}): Promise<BenchWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-bench-'));
  const providers = await startProviderSandbox();
  const telegram = await startTelegramSandbox({
    bots: [
      { token: adminToken, username: 'till_bot', name: 'Till' },
      { token: pagerToken, username: 'pager_bot', name: 'Pager' },
    ],
    users: [{ id: ownerId, firstName: 'Ada', username: 'ada' }],
    startedChats: 'all',
  });
  let files = 0;
  return {
    folder,
    environment(port) {
      files += 1;
      return {
        ...providers.environment,
        TELEGRAM_BOT_TOKEN: adminToken,
        TELEGRAM_PAGER_TOKEN: pagerToken,
        TELEGRAM_API_ROOT: telegram.url,
        OWNER_IDS: String(ownerId),
        PORT: String(port),
        DATABASE_URL: databaseUrl ?? `file:${join(folder, `bench-${files}.db`)}`,
        STORE_API_KEY: 'benchmark-key-of-the-shop-0123456789',
        STORE_WEBHOOK_URL: `${providers.url}/nobody`,
        STORE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
        NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
      };
    },
    async close() {
      await Promise.all([providers.stop(), telegram.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago: the process needs one that is known before it starts, because it is polled there. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
