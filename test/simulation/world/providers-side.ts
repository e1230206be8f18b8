// The simulated providers on the network, and what goes wrong with them: faults that lie over each other, and answers that are
// spoilt on their way out.
import type { Milliseconds } from '#kernel/clock.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { FaultSettings } from '#sandbox/providers/contract.ts';
import type { ProviderSandboxCore } from '#sandbox/providers/options.ts';
import { simulators, webhookPath } from '#sandbox/providers/registry.ts';
import type { Reword } from '#sandbox/providers/rewording.ts';
import { createProviderSandbox } from '#sandbox/providers/sandbox.ts';
import type { Stream } from '../engine/random.ts';
import type { Timeline } from '../engine/timeline.ts';
import type { Network } from '../machine/network.ts';
import { type ApiKeys, createApiKeys } from './api-keys.ts';
import { addresses } from './settings.ts';
import { createSigning, type Signing } from './signing.ts';

/** Changes an answer, whatever stands in it. */
export type Spoil = (answer: Response) => Response | Promise<Response>;

/** Each fault returns what ends it, and leaves those that began before or after it as they are. */
export interface ProviderFaults {
  set(provider: ProviderName, settings: Partial<FaultSettings>): () => void;
  reword(provider: ProviderName, change: Reword): () => void;
  spoil(provider: ProviderName, change: Spoil): () => void;
}

export interface ProvidersSide {
  readonly providers: ProviderSandboxCore;
  readonly providerFaults: ProviderFaults;
  /** What an admin does on the provider's pages: from now on its webhooks are signed with this secret. */
  signWith: Signing['signWith'];
  secretsOf: Signing['secretsOf'];
  /** Another change there: from now on these API keys are good, and no others. */
  acceptKeys: ApiKeys['accept'];
  /** Told of each call as it arrives, whatever becomes of it. */
  onProviderCall(listener: (request: Pick<Request, 'method' | 'url'>) => void): void;
}

const tickMs: Milliseconds = 60_000;
/** As long as a provider waits for an answer to a webhook. */
const answerMaxMs: Milliseconds = 15_000;
/** Most providers try for days, as they really do; in some histories they give up within a minute. */
const realRetriesShare = 0.7;

export function createProvidersSide(deps: {
  timeline: Timeline;
  network: Network;
  now(): Milliseconds;
  chance: Stream;
  deadline(ms: Milliseconds): AbortSignal;
  stir(): void;
}): ProvidersSide {
  const { timeline, network, now, stir, chance } = deps;
  const spoils = stacks<Spoil>();
  const sandbox = createProviderSandbox({
    now,
    origin: `http://${addresses.providers}`,
    seed: chance.int(2 ** 31),
    random: (count) => chance.bytes(count),
    realRetryDelays: chance.chance(realRetriesShare),
    async post(url, message, stopping) {
      stir();
      const { headers, body } = signing.sign(url, message);
      const signal = AbortSignal.any([stopping, deps.deadline(answerMaxMs)]);
      const answer = await network.call({ method: 'POST', url, headers: new Headers(headers), body }, signal);
      return answer.status;
    },
  });

  const signing = createSigning({ sandbox, now, isSignedWhenMade: chance.stream('signing').chance(0.5) });
  const keys = createApiKeys(sandbox.environment);
  const { apiUrls } = sandbox;
  const listeners: ((request: Request) => void)[] = [];
  network.listen(addresses.providers, async (request, connection) => {
    for (const listener of listeners) listener(request);
    const provider = providerNames.find((name) => request.url.startsWith(apiUrls[name]));
    const call = provider === undefined ? request : await keys.translate(provider, request);
    let answer = await sandbox.fetch(call, connection);
    if (provider !== undefined) for (const spoil of spoils.of(provider)) answer = await spoil(answer);
    return answer;
  });
  for (const provider of providerNames) setWebhookUrl(sandbox, provider);
  const tick = (): void => {
    sandbox.tick();
    const dueInMs = (sandbox.nextDueAt() ?? Number.POSITIVE_INFINITY) - now();
    timeline.after(Math.min(Math.max(dueInMs, 200), tickMs), tick);
  };
  tick();
  return {
    providers: sandbox,
    providerFaults: createProviderFaults(sandbox, spoils),
    signWith: signing.signWith,
    secretsOf: signing.secretsOf,
    acceptKeys: keys.accept,
    onProviderCall: (listener) => void listeners.push(listener),
  };
}

function createProviderFaults(sandbox: ProviderSandboxCore, spoils: Stacks<Spoil>): ProviderFaults {
  const settings = stacks<Partial<FaultSettings>>();
  const rewords = stacks<Reword>();
  const usual = new Map(providerNames.map((name) => [name, sandbox.faults(name).get()]));
  return {
    set: (provider, change) =>
      settings.add(provider, change, (all) => {
        sandbox.faults(provider).set(Object.assign({}, usual.get(provider), ...all));
        sandbox.tick();
      }),
    reword: (provider, change) =>
      rewords.add(provider, change, (all) => {
        const reword: Reword = (answer, call) => all.reduce((changed, one) => one(changed, call) ?? changed, answer);
        sandbox.reword(provider, all.length === 0 ? undefined : reword);
      }),
    spoil: (provider, change) => spoils.add(provider, change, () => undefined),
  };
}

interface Stacks<Item> {
  of(provider: ProviderName): readonly Item[];
  /** `apply` is called with all of them, oldest first, when one comes and when it goes; the result makes it go. */
  add(provider: ProviderName, item: Item, apply: (all: readonly Item[]) => void): () => void;
}

function stacks<Item>(): Stacks<Item> {
  const byProvider = new Map<ProviderName, readonly Item[]>();
  const of = (provider: ProviderName): readonly Item[] => byProvider.get(provider) ?? [];
  return {
    of,
    add(provider, item, apply) {
      byProvider.set(provider, [...of(provider), item]);
      apply(of(provider));
      return () => {
        byProvider.set(
          provider,
          of(provider).filter((other) => other !== item),
        );
        apply(of(provider));
      };
    },
  };
}

/** Some providers get the webhook address with each payment; the others get it here, as an admin sets it on their pages. */
export function setWebhookUrl(
  sandbox: ProviderSandboxCore,
  provider: ProviderName,
  environment: Readonly<Record<string, string>> = sandbox.environment,
): void {
  if (simulators[provider].webhookTarget !== 'account') return;
  sandbox.setWebhookUrl(provider, `http://${addresses.product}${webhookPath(provider, environment)}`);
}
