import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { minute } from '#kernel/clock.ts';
import { asPaymentId, createIds } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { CreatePaymentRequest, PaymentProvider, WebhookVerdict } from '#payments/payment-provider.ts';
import type { ProviderCall } from '#payments/providers/http.ts';
import type { HttpPolicy } from '#payments/providers/http-policy.ts';
import { createProviderRegistry, type ProviderSettings } from '#payments/providers/registry.ts';
import type { PaymentSnapshot } from '#payments/snapshot.ts';
import type { FaultKind } from '#sandbox/providers/contract.ts';
import type { ProviderSandbox, ProviderSandboxOptions } from '#sandbox/providers/options.ts';
import { startProviderSandbox } from '#sandbox/providers/server.ts';
import { recordingLog, seededRandom, testClock } from '#test/payments/providers/support.ts';

/** What the environment of a sandbox says, as settings of the adapters. */
function settingsOf(sandbox: ProviderSandbox, options: ShopOptions): ProviderSettings {
  const read = (name: string): string => options.environment?.[name] ?? sandbox.environment[name] ?? '';
  return {
    coinbase: {
      keyId: read('COINBASE_API_KEY_ID'),
      keySecrets: [read('COINBASE_API_KEY_SECRET')],
      webhookSecrets: [read('COINBASE_WEBHOOK_SECRET')],
      apiUrl: sandbox.coinbaseUrl,
    },
    bitpay: {
      posTokens: [read('BITPAY_POS_TOKEN')],
      merchant: options.isPosOnly
        ? null
        : { tokens: [read('BITPAY_MERCHANT_TOKEN')], privateKeyHex: read('BITPAY_PRIVATE_KEY') },
      apiUrl: sandbox.bitpayUrl,
    },
    btcpay: {
      url: sandbox.btcpayUrl,
      apiKey: read('BTCPAY_API_KEY'),
      storeId: read('BTCPAY_STORE_ID'),
      webhookSecrets: [read('BTCPAY_WEBHOOK_SECRET')],
    },
    payhip: {
      apiUrl: sandbox.payhipUrl,
      apiKeys: [read('PAYHIP_API_KEY')],
      pathSecrets: [read('PAYHIP_WEBHOOK_PATH_SECRET')],
    },
  };
}

/** The operations by which an adapter looks for a payment before it makes one. */
const lookUps = ['find_payment', 'list_payments'];

interface ShopOptions {
  policy?: Partial<HttpPolicy>;
  sandbox?: ProviderSandboxOptions;
  settings?: ProviderSettings;
  /** Settings that differ from what the sandbox says, or that it does not know because its account was given. */
  environment?: Readonly<Record<string, string>>;
  isPosOnly?: boolean;
}

/** One adapter before its simulated provider, both on one clock that moves only when somebody waits or sets it. */
export async function openShop(name: ProviderName, options: ShopOptions = {}) {
  const clock = testClock();
  const calls: ProviderCall[] = [];
  const sandbox = await startProviderSandbox({ now: clock.now, ...options.sandbox });
  const receiver = await startReceiver();
  sandbox.setWebhookUrl(name, receiver.url);
  const random = seededRandom(7);
  const settings = { ...settingsOf(sandbox, options), ...options.settings };
  const registry = createProviderRegistry(settings, {
    clock,
    random,
    log: recordingLog(),
    onCall: (call) => {
      calls.push(call);
      if (createFault !== undefined && lookUps.includes(call.operation)) strikeCreate();
    },
    // Short, because the faults that never answer are waited for in real time.
    policy: { timeoutMs: 600, ...options.policy },
  });
  const provider = registry.find(name) as PaymentProvider;
  const ids = createIds({ clock, random });
  let createFault: FaultKind | undefined;
  const strikeCreate = (): void => {
    if (createFault !== undefined) sandbox.faults(name).failNext(createFault);
    createFault = undefined;
  };

  return {
    clock,
    calls,
    sandbox,
    registry,
    provider,
    anOrder: (differences: Partial<CreatePaymentRequest> = {}): CreatePaymentRequest => ({
      paymentId: asPaymentId(ids.newId()),
      orderNumber: 'T-1042',
      description: 'Licence, 1 year',
      money: { amountMinor: 4910, currency: 'USD' },
      customer: { email: 'buyer@example.com', name: 'A Buyer' },
      redirectUrl: 'https://shop.example.com/return',
      expiresAt: clock.now() + 15 * minute,
      ...differences,
    }),
    records: () => sandbox.records(name),
    /** Lets the fault strike the create itself, not the look that some adapters take before it. */
    failCreate(fault: FaultKind): void {
      createFault = fault;
      if (name === 'coinbase' || options.isPosOnly) strikeCreate();
    },
    fail: (...kinds: FaultKind[]) => sandbox.faults(name).failNext(...kinds),
    /** Waits for the webhooks that are on their way and says what the adapter makes of each. */
    async verdicts(): Promise<WebhookVerdict[]> {
      await sandbox.settle();
      return receiver.deliveries.splice(0).map((delivery) => provider.verifyWebhook(delivery, clock.now()));
    },
    async [Symbol.asyncDispose]() {
      await sandbox.stop();
      await receiver.close();
    },
  };
}

async function startReceiver() {
  const deliveries: { headers: Record<string, string>; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    deliveries.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(parts) });
    response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    deliveries,
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
  for await (const page of provider.listPayments(window)) found.push(...page);
  return found;
}
