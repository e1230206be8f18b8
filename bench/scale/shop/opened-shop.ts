// The product on a database with a history, composed as `npm start` composes it and not started: nothing runs by itself, and
// updates and requests come in where Telegram's and the shop's come in.

import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '#app/app.ts';
import { loadConfig } from '#config/load-config.ts';
import { createClock, second, systemClock } from '#kernel/clock.ts';
import { systemRandom } from '#kernel/ids.ts';
import { endsAt } from '../history/period.ts';
import { type SentText, takeSent } from './instant-telegram.ts';

export interface OpenedShop {
  /** An admin writes to the bot; resolves when the update is handled, and throws when the bot did not answer as it should. */
  say(text: string): Promise<void>;
  /** Resolves once the bot has sent this: what goes on behind a command. */
  awaitText(wanted: RegExp): Promise<void>;
  /** Resolves once the bot has sent nothing for a while. */
  awaitQuiet(): Promise<void>;
  /** Reads the answer; throws when it is none of success. */
  get(path: string): Promise<void>;
  /** The status of the answer. */
  post(path: string, request: { headers: Record<string, string>; body: string }): Promise<number>;
  /** Resolves when the run has ended; throws when it failed. */
  runJob(name: string): Promise<void>;
  close(): Promise<void>;
}

const ownerId = 42;
const webhookSecret = 'benchmark-secret-of-telegram';
const storeKey = 'benchmark-key-of-the-shop-0123456789';
const origin = 'http://127.0.0.1:8080';
const failureText = 'That did not work';
const quietMs = second / 2;
const backgroundMaxMs = 120 * second;

let opened = 0;

export async function openShop(databaseUrl: string, providers: Record<string, string>): Promise<OpenedShop> {
  opened += 1;
  const token = `${1000 + opened}:benchmark-admin-token`;
  const loaded = loadConfig(
    {
      ...providers,
      TELEGRAM_BOT_TOKEN: token,
      TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
      TELEGRAM_MODE: 'webhook',
      TELEGRAM_WEBHOOK_SECRET: webhookSecret,
      PUBLIC_URL: origin,
      OWNER_IDS: String(ownerId),
      STORE_API_KEY: storeKey,
      DATABASE_URL: databaseUrl,
    },
    { readFile: () => '' },
  );
  if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
  const faults: string[] = [];
  let serve: ((request: Request) => Response | Promise<Response>) | undefined;
  const openedAt = systemClock.now();
  const app = await createApp({
    config: loaded.config,
    clock: createClock({ now: () => endsAt + systemClock.now() - openedAt, elapsed: systemClock.elapsed }),
    random: systemRandom,
    logDestination: { write: (line) => void (/"level":(50|60|"error")/.test(line) && faults.push(line)) },
    createListener(deps) {
      serve = (request) => deps.fetch(request, {});
      return { start: async () => ({ port: 0 }), stop: async () => undefined };
    },
  });
  let updates = 0;
  /** What answered the last command, and all that came behind it. */
  let sent: SentText[] = [];

  async function ask(path: string, init: RequestInit): Promise<Response> {
    if (serve === undefined) throw new Error('the product made no listener');
    return serve(new Request(`${origin}${path}`, init));
  }

  function requireAnswer(text: string): void {
    sent = takeSent(token);
    if (faults.length > 0) throw new Error(`${text}: ${faults.join('\n')}`);
    if (sent.length === 0 || sent.some((one) => one.text.startsWith(failureText))) {
      throw new Error(`the bot did not answer ${text}`);
    }
  }

  return {
    async say(text) {
      updates += 1;
      const length = text.split(' ')[0]?.length ?? 0;
      const update = {
        update_id: updates,
        message: {
          message_id: updates,
          date: Math.floor(endsAt / second),
          chat: { id: ownerId, type: 'private', first_name: 'Ada' },
          from: { id: ownerId, is_bot: false, first_name: 'Ada' },
          text,
          entities: [{ type: 'bot_command', offset: 0, length }],
        },
      };
      const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': webhookSecret };
      await ask('/telegram/admin', { method: 'POST', headers, body: JSON.stringify(update) });
      requireAnswer(text);
    },
    async awaitText(wanted) {
      const until = performance.now() + backgroundMaxMs;
      while (!sent.some(({ text }) => wanted.test(text))) {
        if (performance.now() > until) throw new Error(`the bot did not come to ${wanted}`);
        await sleep(20);
        sent.push(...takeSent(token));
      }
    },
    async awaitQuiet() {
      let count = 0;
      do {
        await sleep(quietMs);
        count = takeSent(token).length;
      } while (count > 0);
    },
    async get(path) {
      const answer = await ask(path, { headers: { authorization: `Bearer ${storeKey}` } });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
    },
    async post(path, request) {
      const answer = await ask(path, { method: 'POST', ...request });
      await answer.arrayBuffer();
      return answer.status;
    },
    async runJob(name) {
      const run = await app.runJob(name);
      if (run?.outcome.kind !== 'done') throw new Error(`${name} did not succeed: ${JSON.stringify(run)}`);
    },
    close: () => app.stop(),
  };
}
