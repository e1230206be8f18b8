import { setTimeout as delay } from 'node:timers/promises';
import { botNames, type House, owner } from './house.ts';

// What happens at the shop at Payhip in that week: Ada has told the till of two of its three goods.

export type PayhipStory = 'fits' | 'partlyRefunded' | 'held';

const goods = [
  'NIGHTFALL 24.00 USD payhip=NfPk Nightfall Sample Pack',
  'FIELDNOTES 89.00 USD payhip=FnPr Fieldnotes Pro',
] as const;

const endsWithinMs = 12_000;

/** Ada writes the catalogue into the chat, and taps twice for each. */
export async function fillCatalogue({ telegram }: House): Promise<void> {
  const bot = botNames.admin;
  for (const words of goods) {
    const sent = await telegram.sendText({ userId: owner.id, bot, text: `/products add ${words}` });
    const isQuestion = ({ text }: { text: string }) => text === 'Yes, save it';
    const question = await telegram.awaitMessage(
      (message) =>
        message.bot === bot && message.messageId > sent.messageId && message.keyboard.flat().some(isQuestion),
    );
    const data = question.keyboard.flat().find(isQuestion)?.callback_data ?? '';
    await telegram.tapButton({ userId: owner.id, bot, messageId: question.messageId, data });
  }
}

/** A sale at Payhip; resolves when the till has its order as it should be. */
export async function tellSale(house: House, story: PayhipStory): Promise<void> {
  const { payhip } = house.providers;
  if (story === 'held') {
    const { id } = payhip.buy({ productKey: 'StMx', email: 'studio@customer.example', payBy: 'paypal' });
    return awaitStatus(house, { reference: id, status: 'needs_attention' });
  }
  const sale = payhip.buy({ productKey: 'NfPk', email: 'mika.laine@customer.example' });
  await awaitStatus(house, { reference: sale.id, status: 'paid' });
  if (story === 'fits') return;
  payhip.refund(sale.id, sale.cents / 2);
  await awaitStatus(house, { reference: sale.id, status: 'partially_refunded' });
}

async function awaitStatus(house: House, wanted: { reference: string; status: string }): Promise<void> {
  const deadline = performance.now() + endsWithinMs;
  for (;;) {
    const answer = await fetch(`${house.urls.till}/v1/orders?status=${wanted.status}&limit=100`, {
      headers: { authorization: `Bearer ${house.apiKey}` },
    });
    const { data } = (await answer.json()) as { data: { reference: string | null }[] };
    if (data.some(({ reference }) => reference === wanted.reference)) return;
    if (performance.now() > deadline) throw new Error(`the sale ${wanted.reference} is not ${wanted.status}`);
    await delay(25);
  }
}
