// A house that sells at Payhip: the orders that its sales become, the catalogue as an admin fills it from the chat, and
// webhooks that a test writes by hand.
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import type { PayhipSeller } from '#sandbox/providers/payhip/seller.ts';
import { PayhipShop } from '#sandbox/providers/payhip/shop.ts';
import { payhipSignature } from '#sandbox/providers/payhip/webhook.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import type { House } from './house.ts';
import type { Answer } from './house-client.ts';
import { awaitFound } from './house-wait.ts';
import { adminBot, owner } from './house-world.ts';

/** Price and key as the seller has them. */
export const samplePack = { key: 'NfPk', words: 'NIGHTFALL 24.00 USD payhip=NfPk Nightfall Sample Pack' } as const;
export const licensed = { key: 'FnPr', words: 'FIELDNOTES 89.00 USD payhip=FnPr Fieldnotes Pro' } as const;

/** The seller behind the simulated shop, with all that only Payhip has. */
export function sellerAt({ sandbox }: { sandbox: ProviderSandbox }): PayhipSeller {
  const shop = sandbox.shop('payhip');
  if (!(shop instanceof PayhipShop)) throw new Error('Payhip has no shop');
  return shop.seller;
}

/** The order of a sale as soon as it is there and satisfies the predicate. */
export function awaitSale(
  house: House,
  reference: string,
  isSo: (order: OrderView) => boolean = () => true,
): Promise<OrderView> {
  let last: OrderView[] = [];
  return awaitFound(
    async () => {
      last = await ordersOf(house, reference);
      return last.find(isSo);
    },
    { what: `an order of sale ${reference}`, instead: () => last.map(({ status, attention }) => [status, attention]) },
  );
}

export async function ordersOf(house: House, reference: string): Promise<OrderView[]> {
  const { text } = await house.send('/v1/orders?limit=100');
  const { data } = JSON.parse(text) as { data: OrderView[] };
  return data.filter((order) => order.reference === reference);
}

/** An admin writes a product into the catalogue, and taps twice. */
export async function addProduct(house: House, words: string): Promise<void> {
  const question = await house.ask(`/products add ${words}`);
  await house.tap(question, 'Yes, save it');
}

/** The secret key goes by a message that the bot then deletes. */
export async function setSecret(house: House, sku: string, secret: string): Promise<SandboxMessage> {
  const card = await house.ask(`/products ${sku}`);
  await house.tap(card, 'Set licence secret');
  return house.ask(secret, ({ text }) => text.includes(sku));
}

export function secretOf(house: House, key: string): string {
  return sellerAt(house).product(key).secret;
}

export function pathOf(house: House): string {
  return `payhip/${house.environment['PAYHIP_WEBHOOK_PATH_SECRET']?.split(',')[0]}`;
}

/** A sale as Payhip would tell of it, with what the test says otherwise. */
export function paidBody(house: House, change: Record<string, unknown> = {}): Record<string, unknown> {
  const item = { product_id: '1', product_name: 'Nightfall Sample Pack', product_key: 'NfPk', quantity: '1' };
  return {
    ...{ id: 'HandMade01', email: 'kim@customer.example', currency: 'USD', price: 2400, vat_applied: false },
    ...{ items: [item], payment_type: 'card', date: Math.floor(house.clock.now() / 1000), type: 'paid' },
    signature: payhipSignature(house.environment['PAYHIP_API_KEY']?.split(',')[0] ?? ''),
    ...change,
  };
}

export function tell(house: House, body: unknown, path = pathOf(house)): Promise<Answer> {
  return house.postWebhook(path, {
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Drops a file into the chat with the admin bot; the bot's answer. */
export async function dropFile(house: House, file: { name: string; text: string }): Promise<SandboxMessage> {
  const sent = await house.telegram.sendDocument({
    ...{ userId: owner.id, bot: adminBot, name: file.name, bytes: Buffer.from(file.text) },
  });
  return house.telegram.awaitMessage(
    ({ bot, from, messageId }) => bot === adminBot && from.isBot && messageId > sent.messageId,
  );
}

/** What a message says by now, after its buttons were tapped. */
export function textNow(house: House, message: SandboxMessage): string {
  const all = house.telegram.messages({ bot: adminBot, chatId: owner.id });
  return all.find(({ messageId }) => messageId === message.messageId)?.text ?? '';
}
