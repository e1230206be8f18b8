// The whole product over real HTTP and a real SQLite file, between simulated providers, a local Telegram and a shop.
import { type App, createApp } from '#app/app.ts';
import { loadConfig } from '#config/load-config.ts';
import type { JobRun } from '#jobs/job-runner.ts';
import { type Clock, second, systemClock } from '#kernel/clock.ts';
import { alwaysAwake } from '#kernel/process.ts';
import type { HttpPolicy } from '#payments/providers/http/policy.ts';
import type { VisitAction, WebhookDelivery } from '#sandbox/providers/contract.ts';
import type { CallbackAnswer } from '#sandbox/telegram/callbacks.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { awaitFound } from '../time/await-until.ts';
import { type Answer, createShopClient, type PlacedOrder, readAnswer, type ShopClient } from './shop-client.ts';
import { adminBot, openWorld, owner, pagerBot, storeKey, type World, type WorldOptions } from './world.ts';

/** Outages of a test last moments: everything that waits for a provider waits accordingly. */
const quickPolicy: Partial<HttpPolicy> = {
  timeoutMs: 2_000,
  totalMs: 12 * second,
  firstDelayMs: 5,
  delayMaxMs: 40,
  breakerOpenMs: 300,
};

export interface AppFixture extends World, ShopClient {
  /** Every line that was logged. */
  readonly logLines: readonly string[];
  /** A customer at the order's newest checkout, or at the one that `reference` names. */
  visit(order: Pick<PlacedOrder, 'id'>, action: VisitAction, more?: { fraction?: string }): Promise<void>;
  /** The provider's reference of the order's newest payment. */
  referenceOf(order: Pick<PlacedOrder, 'id'>): Promise<string>;
  /** Raw bytes to a provider's webhook route. */
  postWebhook(
    provider: string,
    delivery: { headers: Record<string, string>; body: string | Uint8Array },
  ): Promise<Answer>;
  /** The webhooks that the provider has sent, or meant to send, about the order; oldest first. */
  webhooksOf(order: PlacedOrder): Promise<WebhookDelivery[]>;
  runJob(name: string): Promise<JobRun>;
  pagerMessages(): readonly SandboxMessage[];
  /** The alert card that satisfies the predicate, as soon as there is one. */
  awaitCard(isSo: (card: SandboxMessage) => boolean, meanwhile?: () => unknown): Promise<SandboxMessage>;
  /** The message of that id in its present state. */
  pagerText(messageId: number): string;
  /** Writes to the admin bot; the first answer, new or edited, that satisfies the predicate. */
  ask(text: string, isAnswer?: (message: SandboxMessage) => boolean): Promise<SandboxMessage>;
  /** Presses the button of that name on the message; returns the bot's answer. */
  tap(message: SandboxMessage, button: string): Promise<CallbackAnswer>;
  /** Stops the app; the world goes on. */
  close(): Promise<void>;
  open(): Promise<void>;
  restart(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openAppFixture(
  options: WorldOptions & { providerPolicy?: Partial<HttpPolicy> } = {},
): Promise<AppFixture> {
  return openAppFixtureIn(await openWorld(options), options);
}

/** An app in a world that has a past: on its file, by its clock. */
export async function openAppFixtureIn(
  world: World,
  options: { providerPolicy?: Partial<HttpPolicy>; jobClock?: Clock } = {},
): Promise<AppFixture> {
  const client = createShopClient({ url: world.url, key: storeKey });
  const logLines: string[] = [];
  // Jobs run at their usual pace, and when a test says so; not because it moved time.
  const jobClock = options.jobClock ?? { ...systemClock, now: world.clock.now };
  let app: App | undefined;

  async function open(): Promise<void> {
    const loaded = loadConfig(world.environment, { readFile: () => '' });
    if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
    app = await createApp({
      config: loaded.config,
      clock: world.clock,
      jobClock,
      awake: alwaysAwake(jobClock),
      providerPolicy: { ...quickPolicy, ...options.providerPolicy },
      logDestination: { write: (line: string) => void logLines.push(line) },
    });
    await app.start();
  }

  async function close(): Promise<void> {
    const closing = app;
    app = undefined;
    await closing?.stop();
  }

  async function referenceOf(order: Pick<PlacedOrder, 'id'>): Promise<string> {
    const { payment } = await client.getOrder(order.id);
    if (!payment?.provider_reference) throw new Error(`order ${order.id} has no checkout`);
    return payment.provider_reference;
  }

  const pagerMessages = () => world.telegram.messages({ bot: pagerBot, chatId: owner.id });

  await open();
  // Every job runs once at the start; a fault that a test prepares is not meant for them.
  for (const job of ['reconcile', 'watch-providers', 'fetch-fees', 'close-days']) await app?.runJob(job);
  return {
    ...world,
    ...client,
    logLines,
    referenceOf,
    pagerMessages,
    open,
    close,
    async visit(order, action, more = {}) {
      const { payment } = await client.getOrder(order.id);
      if (!payment?.provider_reference) throw new Error(`order ${order.id} has no checkout`);
      const { provider, provider_reference: reference } = payment;
      await world.sandbox.visit({ provider, reference, action, ...more });
    },
    postWebhook: (provider, delivery) => post(`${world.url}/webhooks/${provider}`, delivery),
    async webhooksOf(order) {
      const reference = await referenceOf(order);
      return world.sandbox.deliveries(order.provider).filter((delivery) => delivery.reference === reference);
    },
    async runJob(name) {
      const run = app?.runJob(name);
      if (run === undefined) throw new Error(`no job ${name}`);
      return run;
    },
    awaitCard: (isSo, meanwhile) =>
      awaitFound(() => pagerMessages().find(isSo), {
        what: 'an alert card',
        meanwhile,
        instead: () => pagerMessages().map(({ text }) => text),
      }),
    pagerText: (messageId) => pagerMessages().find((message) => message.messageId === messageId)?.text ?? '',
    async ask(text, isAnswer = () => true) {
      const { messageId } = await world.telegram.sendText({ userId: owner.id, bot: adminBot, text });
      return world.telegram.awaitMessage(
        (message) =>
          message.bot === adminBot && message.from.isBot && message.messageId > messageId && isAnswer(message),
      );
    },
    tap: (message, button) => tap(world, message, button),
    async restart() {
      await close();
      await open();
    },
    async [Symbol.asyncDispose]() {
      await close();
      await world.stop();
    },
  };
}

/** All button texts of a message, row by row. */
export function buttonsOf(message: SandboxMessage): string[] {
  return message.keyboard.flat().map(({ text }) => text);
}

async function tap(world: World, message: SandboxMessage, button: string): Promise<CallbackAnswer> {
  const { bot, messageId } = message;
  const current = world.telegram
    .messages({ bot, chatId: message.chatId })
    .find((other) => other.messageId === messageId);
  const data = current?.keyboard.flat().find(({ text }) => text === button)?.callback_data;
  if (data === undefined) throw new Error(`no button ${button} on: ${current?.text}`);
  return world.telegram.tapButton({ bot, userId: owner.id, messageId, data });
}

async function post(
  url: string,
  delivery: { headers: Record<string, string>; body: string | Uint8Array },
): Promise<Answer> {
  const body = typeof delivery.body === 'string' ? delivery.body : Buffer.from(delivery.body);
  const response = await fetch(url, { method: 'POST', headers: delivery.headers, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: readAnswer(text) };
}
