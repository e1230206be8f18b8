import { providerNames } from '#kernel/provider-name.ts';
import { callInProcess } from '#sandbox/kit/connection.ts';
import { seededBytes } from '#sandbox/kit/random.ts';
import type { ProviderSandboxCore, ProviderSandboxCoreOptions } from '#sandbox/providers/options.ts';
import { createProviderSandbox } from '#sandbox/providers/sandbox.ts';
import type { Callee } from './clients.ts';
import { type Answer, answerOf, type Clock, createClock } from './support.ts';

const origin = 'https://providers.example';
const hookUrl = 'https://shop.example/hook';

export interface InProcess {
  readonly core: ProviderSandboxCore;
  readonly clock: Clock;
  readonly callee: Callee;
  /** What was posted, in order. */
  readonly posts: string[];
}

/** The simulated providers without a server; all webhooks are accepted, unless `post` says otherwise. */
export function openInProcess(seed: number, options: Partial<ProviderSandboxCoreOptions> = {}): InProcess {
  const clock = createClock();
  const posts: string[] = [];
  const core = createProviderSandbox({
    now: clock.now,
    origin,
    seed,
    random: seededBytes(seed),
    async post(url, { headers, body }) {
      posts.push(JSON.stringify({ url, headers, body }));
      return 200;
    },
    ...options,
  });
  for (const name of providerNames) core.setWebhookUrl(name, hookUrl);
  const { apiUrls, environment } = core;
  const call = async (url: string, init: RequestInit = {}): Promise<Answer> =>
    answerOf(await callInProcess(core.fetch, { request: new Request(url, init), signal: init.signal ?? undefined }));
  return { core, clock, callee: { apiUrls, environment, call }, posts };
}
