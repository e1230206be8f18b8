import { setTimeout as delay } from 'node:timers/promises';
import { shopNames } from '../providers/registry.ts';
import { botNames, type DemoWorld, owner } from './demo-world.ts';

// What the sales channels sell in that week: Ada has added all their products to the catalogue but the last.

export type SaleStory = 'fits' | 'partlyRefunded' | 'held';

const endsWithinMs = 12_000;

/** Ada writes the catalogue into the chat, and taps for each. */
export async function fillCatalogue({ telegram, providers }: DemoWorld): Promise<void> {
  const bot = botNames.admin;
  for (const shop of shopNames) {
    for (const { key, name, cents, currency } of providers.shop(shop)?.goods.slice(0, -1) ?? []) {
      const sku = name.split(' ', 1)[0]?.toUpperCase();
      const words = `${sku} ${(cents / 100).toFixed(2)} ${currency} ${shop}=${key} ${name}`;
      const sent = await telegram.sendText({ userId: owner.id, bot, text: `/products add ${words}` });
      const isYes = ({ text }: { text: string }) => text === 'Yes, save it';
      const question = await telegram.awaitMessage(
        (message) => message.bot === bot && message.messageId > sent.messageId && message.keyboard.flat().some(isYes),
      );
      const data = question.keyboard.flat().find(isYes)?.callback_data ?? '';
      await telegram.tapButton({ userId: owner.id, bot, messageId: question.messageId, data });
    }
  }
}

/** A sale at each of them; resolves when the product has the channel order in the right status. */
export async function tellSales(world: DemoWorld, story: SaleStory): Promise<void> {
  const { providers } = world;
  for (const provider of shopNames) {
    const shop = providers.shop(provider);
    const good = shop?.goods.at(story === 'held' ? -1 : 0);
    if (shop === undefined || good === undefined) continue;
    const email = story === 'held' ? 'studio@customer.example' : 'mika.laine@customer.example';
    const { reference } = shop.sell({ key: good.key, email });
    await awaitStatus(world, { reference, status: story === 'held' ? 'needs_attention' : 'paid' });
    if (story !== 'partlyRefunded') continue;
    await providers.visit({ provider, reference, action: 'refund_part' });
    await awaitStatus(world, { reference, status: 'partially_refunded' });
  }
}

async function awaitStatus(world: DemoWorld, wanted: { reference: string; status: string }): Promise<void> {
  const deadline = performance.now() + endsWithinMs;
  for (;;) {
    const answer = await fetch(`${world.urls.till}/v1/orders?status=${wanted.status}&limit=100`, {
      headers: { authorization: `Bearer ${world.apiKey}` },
    });
    const { data } = (await answer.json()) as { data: { reference: string | null }[] };
    if (data.some(({ reference }) => reference === wanted.reference)) return;
    if (performance.now() > deadline) throw new Error(`the sale ${wanted.reference} is not ${wanted.status}`);
    await delay(25);
  }
}
