// Everything around the app: the providers, Telegram, the shop, a folder for its file and the settings that join them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providerNames } from '#kernel/provider-name.ts';
import { createMovableClock, type MovableClock } from '#sandbox/demo/movable-clock.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { simulators, webhookPath } from '#sandbox/providers/registry.ts';
import { startProviderSandbox } from '#sandbox/providers/server.ts';
import type { SandboxLimits } from '#sandbox/telegram/limits.ts';
import { startTelegramSandbox, type TelegramSandbox } from '#sandbox/telegram/server.ts';
import { findFreePort } from '../process/free-port.ts';
import { type ShopReceiver, startShopReceiver } from './shop-receiver.ts';

export const adminBot = 'till_bot';
export const pagerBot = 'pager_bot';
export const owner = { id: 42, firstName: 'Ada' };
export const unauthorizedUser = { id: 666, firstName: 'Mallory' };
export const storeKey = 'key-of-the-shop-0123456789abcdef';

export interface World {
  clock: MovableClock;
  sandbox: ProviderSandbox;
  telegram: TelegramSandbox;
  shop: ShopReceiver;
  /** Where the app will listen. */
  url: string;
  /** The SQLite file. */
  file: string;
  /** All settings of the app. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** Settings that differ from the defaults of the fixture. An empty value removes one. */
  env?: Record<string, string>;
  telegramLimits?: Partial<SandboxLimits>;
  webhookRetryDelaysMs?: readonly number[];
  seed?: number;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const clock = createMovableClock();
  const now = () => clock.now();
  const { seed, webhookRetryDelaysMs } = options;
  const sandbox = await startProviderSandbox({ now, seed, webhookRetryDelaysMs });
  const telegram = await startTelegramSandbox({
    bots: [
      { token: '111:AdminAdminAdminAdminAdminAdminAdmin', username: adminBot, name: 'Till' },
      { token: '222:PagerPagerPagerPagerPagerPagerPager', username: pagerBot, name: 'Pager' },
    ],
    users: [owner, unauthorizedUser],
    startedChats: 'all',
    now,
    answerTimeoutMs: 25_000,
    ...(options.telegramLimits === undefined ? {} : { limits: options.telegramLimits }),
  });
  const shop = await startShopReceiver({ now });
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-app-'));
  const file = join(folder, 'till.db');
  // The same over restarts, so that providers know where to come back to.
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  // Some providers get the webhook address with each payment; the others get it here, as an admin sets it on their pages.
  for (const provider of providerNames) {
    const isTold = simulators[provider].webhookTarget === 'account';
    if (isTold) sandbox.setWebhookUrl(provider, `${url}${webhookPath(provider, sandbox.environment)}`);
  }
  return {
    clock,
    sandbox,
    telegram,
    shop,
    url,
    file,
    environment: {
      ...sandbox.environment,
      TELEGRAM_BOT_TOKEN: '111:AdminAdminAdminAdminAdminAdminAdmin',
      TELEGRAM_PAGER_TOKEN: '222:PagerPagerPagerPagerPagerPagerPager',
      TELEGRAM_API_ROOT: telegram.url,
      OWNER_IDS: String(owner.id),
      DATABASE_URL: `file:${file}`,
      PORT: String(port),
      PUBLIC_URL: url,
      STORE_API_KEY: storeKey,
      STORE_WEBHOOK_URL: shop.url,
      STORE_WEBHOOK_SECRET: shop.secret,
      ...options.env,
    },
    async stop() {
      await Promise.all([sandbox.stop(), telegram.stop(), shop.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
