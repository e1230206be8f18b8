import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { minute } from '#kernel/clock.ts';
import { asPaymentId, createIds } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { createHttpClient } from '#network/pooled-client.ts';
import { isUnread, type PaymentSnapshot } from '#payments/model/snapshot.ts';
import type {
  CreatePaymentRequest,
  FetchOptions,
  PaymentProvider,
  ProviderRegistry,
  WebhookDelivery,
  WebhookVerdict,
} from '#payments/ports/payment-provider.ts';
import type { ProviderCall } from '#payments/providers/http/client.ts';
import type { HttpPolicy } from '#payments/providers/http/policy.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';
import type { FaultKind, VisitAction } from '#sandbox/providers/contract.ts';
import type { ProviderSandboxOptions } from '#sandbox/providers/options.ts';
import { startProviderSandbox } from '#sandbox/providers/server.ts';
import { recordingLog, seededRandom, testClock } from '#test/payments/providers/support/scripted-server.ts';
import { providerSettings } from '#test/support/providers/provider-settings.ts';
import { cases } from './registry.ts';

/** The operations by which an adapter searches for a payment before it creates one. */
const lookUps = ['find_payment', 'list_payments'];

interface ShopOptions {
  policy?: Partial<HttpPolicy>;
  sandbox?: ProviderSandboxOptions;
  /** Settings that differ from what the sandbox says, or that it does not know because its account was given. */
  environment?: Readonly<Record<string, string>>;
}

/** One adapter before its simulated provider, both on one clock that moves only when somebody waits or sets it. */
export async function openShop(name: ProviderName, options: ShopOptions = {}) {
  const clock = testClock();
  const calls: ProviderCall[] = [];
  const sandbox = await startProviderSandbox({ now: clock.now, ...options.sandbox });
  const receiver = await startReceiver();
  sandbox.setWebhookUrl(name, receiver.url);
  const random = seededRandom(7);
  const shared = { clock, createHttpClient, random, log: recordingLog() };
  const environment = { ...sandbox.environment, ...options.environment };
  const { providers: settings, publicUrl } = providerSettings(environment);
  const connect = () =>
    createProviderRegistry(settings, {
      ...shared,
      publicUrl,
      onCall: (call) => {
        calls.push(call);
        if (createFault !== undefined && lookUps.includes(call.operation)) strikeCreate();
      },
      // Short, because the faults that never answer are waited for in real time.
      policy: { timeoutMs: 2_000, ...options.policy },
    });
  const registry = connect();
  const provider = neededProvider(registry, name);
  const ids = createIds({ clock, random });
  let createFault: FaultKind | undefined;
  let judged = 0;
  const strikeCreate = (): void => {
    if (createFault !== undefined) sandbox.faults(name).failNext(createFault);
    createFault = undefined;
  };
  const judge = (delivery: WebhookDelivery): WebhookVerdict => provider.verifyWebhook(delivery, clock.now());

  return {
    clock,
    calls,
    sandbox,
    registry,
    provider,
    environment,
    /** Where the provider posts to. */
    webhookUrl: receiver.url,
    answerWebhooksWith: receiver.answerWith,
    anOrder: (differences: Partial<CreatePaymentRequest> = {}): CreatePaymentRequest => ({
      paymentId: asPaymentId(ids.newId()),
      orderNumber: 'T-1042',
      description: 'License, 1 year',
      money: { amountMinor: 4910, currency: 'USD' },
      customer: { email: 'buyer@example.com', name: 'A Buyer' },
      redirectUrl: 'https://shop.example.com/return',
      expiresAt: clock.now() + 15 * minute,
      ...differences,
    }),
    records: () => sandbox.records(name),
    /** The adapter of a process that was started anew. */
    restart: () => neededProvider(connect(), name),
    visit: (reference: string, action: VisitAction) => sandbox.visit({ provider: name, reference, action }),
    /** Applies the fault to the create itself, not to the search that some adapters make before it. */
    failCreate(fault: FaultKind): void {
      createFault = fault;
      if (!cases[name].looksBeforeCreate(provider.capabilities)) strikeCreate();
    },
    fail: (...kinds: FaultKind[]) => sandbox.faults(name).failNext(...kinds),
    /** Waits for the webhooks that are on their way and says what the adapter makes of each. */
    async verdicts(): Promise<WebhookVerdict[]> {
      await sandbox.settle();
      const fresh = receiver.deliveries.slice(judged);
      judged = receiver.deliveries.length;
      return fresh.map(judge);
    },
    /** What the product would pass to a fetch: the ids from webhooks, and the amount requested. */
    async lookOptions(reference: string, request: CreatePaymentRequest): Promise<FetchOptions> {
      await sandbox.settle();
      const told = receiver.deliveries.map(judge).flatMap((verdict) => {
        const isOfIt = verdict.kind === 'event' && verdict.reference === reference;
        return isOfIt && verdict.detail !== undefined ? [verdict.detail] : [];
      });
      const requested = provider.quote(request.money);
      if (requested === undefined) throw new Error('what was asked for has no quote');
      return { details: [...new Set(told)], known: { requested, expiresAt: request.expiresAt } };
    },
    /** The same adapter set up with other settings, to verify webhooks with. */
    verifier(differences: Readonly<Record<string, string>>): PaymentProvider {
      const others = providerSettings({ ...environment, ...differences }).providers;
      return neededProvider(createProviderRegistry(others, shared), name);
    },
    async [Symbol.asyncDispose]() {
      await sandbox.stop();
      await receiver.close();
    },
  };
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

function neededProvider(registry: ProviderRegistry, name: ProviderName): PaymentProvider {
  const provider = registry.find(name);
  if (provider === undefined) throw new Error(`${name} is off`);
  return provider;
}

async function startReceiver() {
  let status = 200;
  const deliveries: { headers: Record<string, string>; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    deliveries.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(parts) });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    deliveries,
    answerWith(next: number): void {
      status = next;
    },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function listAll(
  provider: PaymentProvider,
  window: { from: number; to: number },
): Promise<PaymentSnapshot[]> {
  const found: PaymentSnapshot[] = [];
  for await (const page of provider.listPayments(window)) {
    for (const listed of page) {
      if (isUnread(listed)) throw new Error(`${listed.reference} is not understood: ${listed.unread}`);
      found.push(listed);
    }
  }
  return found;
}
