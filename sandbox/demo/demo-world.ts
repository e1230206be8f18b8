import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { destination } from 'pino';
import { createApp } from '#app/app.ts';
import { type Config, loadConfig } from '#config/load-config.ts';
import { systemClock } from '#kernel/clock.ts';
import { providerNames } from '#kernel/provider-name.ts';
import type { ProviderSandbox } from '../providers/options.ts';
import { webhookPath } from '../providers/registry.ts';
import { startProviderSandbox } from '../providers/server.ts';
import { type Shop, shopWebhookPath, startShop } from '../shop/shop.ts';
import { startTelegramSandbox, type TelegramSandbox } from '../telegram/server.ts';
import { createDemoAwakeTime, createDemoClock, type DemoClock } from './demo-clock.ts';
import { choosePorts } from './ports.ts';

// Everything on one machine: a local Telegram, the providers, the shop's site, and the product between them. The product
// knows the others by its settings only.

export const owner = { id: 4200, firstName: 'Ada', username: 'ada' } as const;
export const unauthorizedUser = { id: 4300, firstName: 'Mallory', username: 'mallory' } as const;
export const botNames = { admin: 'till_bot', pager: 'pager_bot' } as const;

export interface DemoWorld {
  readonly urls: { chat: string; providers: string; till: string; shop: string };
  readonly apiKey: string;
  readonly logFile: string;
  readonly telegram: TelegramSandbox;
  readonly providers: ProviderSandbox;
  readonly shop: Shop;
  readonly clock: DemoClock;
  /** Has the product's scheduled job run at once; rejects when there is no such job. */
  runJob(name: string): Promise<void>;
  /** Ends everything and deletes its data; may be called twice. */
  stop(): Promise<void>;
}

export interface DemoWorldOptions {
  /** The first of four ports in a row; 0: any. */
  readonly portBase: number;
  /** How far in the past the clocks begin. */
  readonly behindMs: number;
  /** Called as soon as the folder exists, so that even a hurried end can delete it. */
  readonly onFolder?: (folder: string) => void;
}

type Stop = () => Promise<unknown>;

export async function startDemoWorld(options: DemoWorldOptions): Promise<DemoWorld> {
  const stops: Stop[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= stopAll(stops);
    return stopped;
  };
  try {
    return { ...(await open(options, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What started last is stopped first; a part that does not stop in time delays no other. */
async function stopAll(stops: readonly Stop[]): Promise<void> {
  for (const stop of stops.toReversed()) await stop().catch((error: unknown) => console.error(error));
}

async function open(options: DemoWorldOptions, stops: Stop[]): Promise<Omit<DemoWorld, 'stop'>> {
  const folder = await mkdtemp(join(tmpdir(), 'tillkeeper-demo-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  options.onFolder?.(folder);
  const [chatPort, providersPort, tillPort, shopPort] = (await choosePorts(options.portBase, 4)) as Ports;
  const clock = createDemoClock(options.behindMs);
  const tokens = { admin: `4201:${randomWord(26)}`, pager: `4202:${randomWord(26)}` };
  const telegram = await openTelegram({ port: chatPort, tokens, clock });
  stops.push(() => telegram.stop());
  const providers = await startProviderSandbox({ port: providersPort, now: clock.now });
  stops.push(() => providers.stop());

  const tillUrl = `http://127.0.0.1:${tillPort}`;
  const secrets = { apiKey: `demo-${randomWord(24)}`, webhook: `whsec_${randomBytes(32).toString('base64')}` };
  const shop = await startShop({
    port: shopPort,
    tillUrl,
    apiKey: secrets.apiKey,
    webhookSecret: secrets.webhook,
    now: clock.now,
  });
  stops.push(() => shop.stop());
  for (const name of providerNames) {
    providers.setWebhookUrl(name, `${tillUrl}${webhookPath(name, providers.environment)}`);
  }

  const logFile = join(folder, 'tillkeeper.log');
  const log = destination({ dest: logFile, sync: true });
  stops.push(async () => log.end());
  const config = readConfig({
    ...providers.environment,
    TELEGRAM_BOT_TOKEN: tokens.admin,
    TELEGRAM_PAGER_TOKEN: tokens.pager,
    TELEGRAM_API_ROOT: telegram.url,
    OWNER_IDS: String(owner.id),
    PORT: String(tillPort),
    PUBLIC_URL: tillUrl,
    DATABASE_URL: `file:${join(folder, 'tillkeeper.db')}`,
    STORE_API_KEY: secrets.apiKey,
    STORE_WEBHOOK_URL: `${shop.url}${shopWebhookPath}`,
    STORE_WEBHOOK_SECRET: secrets.webhook,
    TIME_ZONE: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  // The past is told in jumps; it says itself which job runs between them.
  const jobClock = { ...systemClock, now: clock.now };
  const awake = createDemoAwakeTime(clock, jobClock);
  const app = await createApp({ config, clock, jobClock, awake, logDestination: log });
  stops.push(() => app.stop());
  await app.start();
  return {
    urls: { chat: telegram.url, providers: providers.url.replace(/\/$/, ''), till: tillUrl, shop: shop.url },
    apiKey: secrets.apiKey,
    logFile,
    telegram,
    providers,
    shop,
    clock,
    async runJob(name) {
      if ((await app.runJob(name)) === undefined) throw new Error(`the product has no job ${name}`);
    },
  };
}

type Ports = [chat: number, providers: number, till: number, shop: number];

function openTelegram(input: {
  port: number;
  tokens: { admin: string; pager: string };
  clock: DemoClock;
}): Promise<TelegramSandbox> {
  const { port, tokens, clock } = input;
  return startTelegramSandbox({
    port,
    now: clock.now,
    bots: [
      { token: tokens.admin, username: botNames.admin, name: 'Till', about: 'orders, payments, answers' },
      {
        token: tokens.pager,
        username: botNames.pager,
        name: 'Pager',
        about: 'rings when something is wrong',
        rings: true,
      },
    ],
    users: [owner, unauthorizedUser],
    // The unauthorized user has not written to the bots: he would press Start first.
    startedChats: Object.values(botNames).map((bot) => ({ userId: owner.id, bot })),
  });
}

function readConfig(environment: Record<string, string>): Config {
  const loaded = loadConfig(environment, { readFile: () => '' });
  if (loaded.ok) return loaded.config;
  throw new Error(`the demo's own settings are refused: ${loaded.faults.join('; ')}`);
}

function randomWord(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
