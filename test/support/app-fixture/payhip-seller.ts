// An app fixture with Payhip: its channel orders, the catalogue as an admin fills it from the chat, and webhooks that a test
// composes itself.
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import type { PayhipSeller } from '#sandbox/providers/payhip/seller.ts';
import { PayhipShop } from '#sandbox/providers/payhip/shop.ts';
import { payhipSignature } from '#sandbox/providers/payhip/webhook.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { awaitFound } from '../time/await-until.ts';
import type { AppFixture } from './app-fixture.ts';
import type { Answer } from './shop-client.ts';
import { adminBot, owner } from './world.ts';

/** Price and key as the seller has them. */
export const samplePack = { key: 'NfPk', words: 'NIGHTFALL 24.00 USD payhip=NfPk Nightfall Sample Pack' } as const;
export const licensed = { key: 'FnPr', words: 'FIELDNOTES 89.00 USD payhip=FnPr Fieldnotes Pro' } as const;

/** The seller behind the simulated shop, with all that only Payhip has. */
export function sellerAt({ sandbox }: { sandbox: ProviderSandbox }): PayhipSeller {
  const shop = sandbox.shop('payhip');
  if (!(shop instanceof PayhipShop)) throw new Error('Payhip has no shop');
  return shop.seller;
}

/** The order of a Payhip sale as soon as it exists and satisfies the predicate. */
export function awaitSale(
  app: AppFixture,
  reference: string,
  wanted: ((order: OrderView) => boolean) | { isSo: (order: OrderView) => boolean; meanwhile: () => unknown } = () =>
    true,
): Promise<OrderView> {
  const { isSo, meanwhile } = typeof wanted === 'function' ? { isSo: wanted, meanwhile: undefined } : wanted;
  let last: OrderView[] = [];
  return awaitFound(
    async () => {
      last = await ordersOf(app, reference);
      return last.find(isSo);
    },
    {
      meanwhile,
      what: `an order of sale ${reference}`,
      instead: () => last.map(({ status, attention }) => [status, attention]),
    },
  );
}

export async function ordersOf(app: AppFixture, reference: string): Promise<OrderView[]> {
  const { text } = await app.send('/v1/orders?limit=100');
  const { data } = JSON.parse(text) as { data: OrderView[] };
  return data.filter((order) => order.reference === reference);
}

/** An admin writes a product into the catalogue, and taps twice. */
export async function addProduct(app: AppFixture, words: string): Promise<void> {
  const question = await app.ask(`/products add ${words}`);
  await app.tap(question, 'Yes, save it');
}

/** The secret key goes by a message that the bot then deletes. */
export async function setSecret(app: AppFixture, sku: string, secret: string): Promise<SandboxMessage> {
  const card = await app.ask(`/products ${sku}`);
  await app.tap(card, 'Set license secret');
  return app.ask(secret, ({ text }) => text.includes(sku));
}

export function secretOf(app: AppFixture, key: string): string {
  return sellerAt(app).product(key).secret;
}

export function pathOf(app: AppFixture): string {
  return `payhip/${app.environment['PAYHIP_WEBHOOK_PATH_SECRET']?.split(',')[0]}`;
}

/** Payhip's webhook of a sale, with the fields that the test overrides. */
export function paidBody(app: AppFixture, change: Record<string, unknown> = {}): Record<string, unknown> {
  const item = { product_id: '1', product_name: 'Nightfall Sample Pack', product_key: 'NfPk', quantity: '1' };
  return {
    id: 'HandMade01',
    email: 'kim@customer.example',
    currency: 'USD',
    price: 2400,
    vat_applied: false,
    items: [item],
    payment_type: 'card',
    date: Math.floor(app.clock.now() / 1000),
    type: 'paid',
    signature: payhipSignature(app.environment['PAYHIP_API_KEY']?.split(',')[0] ?? ''),
    ...change,
  };
}

export function tell(app: AppFixture, body: unknown, path = pathOf(app)): Promise<Answer> {
  return app.postWebhook(path, {
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Drops a file into the chat with the admin bot; the bot's answer. */
export async function dropFile(app: AppFixture, file: { name: string; text: string }): Promise<SandboxMessage> {
  const sent = await app.telegram.sendDocument({
    userId: owner.id,
    bot: adminBot,
    name: file.name,
    bytes: Buffer.from(file.text),
  });
  return app.telegram.awaitMessage(
    ({ bot, from, messageId }) => bot === adminBot && from.isBot && messageId > sent.messageId,
  );
}

/** What a message says by now, after its buttons were tapped. */
export function textNow(app: AppFixture, message: SandboxMessage): string {
  const all = app.telegram.messages({ bot: adminBot, chatId: owner.id });
  return all.find(({ messageId }) => messageId === message.messageId)?.text ?? '';
}
