// Telegram makes links and mentions of plain text by itself. A shop's customers choose many of our texts.
import { describe, expect, test } from 'vitest';
import { alertCard } from '#bot/screens/cases/alert-card-view.ts';
import { orderCard } from '#bot/screens/orders/order-card-view.ts';
import { bold, show } from '#bot/text/html.ts';
import { formatText } from '#sandbox/telegram/entities.ts';
import type { MessageEntity } from '#sandbox/telegram/model.ts';
import { anAlert, anEntry, anOrder, aPayment, look } from '../support/values.ts';

const alive = ['url', 'mention', 'hashtag', 'cashtag', 'email', 'phone_number', 'text_link'];

/** What somebody could tap in the message, beside its buttons. */
function linksIn(html: string): string[] {
  const { text, entities } = formatText({ text: html, parseMode: 'HTML', findUser: () => undefined });
  return entities.filter(({ type }) => alive.includes(type)).map((entity) => textOf(text, entity));
}

function textOf(text: string, { offset, length }: MessageEntity): string {
  return text.slice(offset, offset + length);
}

const baits = [
  'https://evil.example/pay',
  'HTTP://EVIL.EXAMPLE',
  'evil.com',
  'www.evil.io/login?a=1#b',
  'бесплатно.рф',
  // Such names are sold, and Telegram links them.
  'i❤.ws',
  'cafe\u0301.com',
  'उदाहरण.भारत',
  'tg://resolve?domain=evil',
  '@evil_bot',
  '(@evil_bot)',
  'ann@example.org',
  '#free',
  '$BTC',
  '/refund@till_bot',
  '+1-212-555-0123',
  '10.0.0.1:8080',
];

describe('text from outside', () => {
  test.each(baits)('%s can be read and copied, and not tapped', (bait) => {
    for (const html of [show(`Pay at ${bait} now`), bold(`Pay at ${bait} now`), show(bait)]) {
      expect(linksIn(html)).toEqual([]);
      expect(formatText({ text: html, parseMode: 'HTML', findUser: () => undefined }).text).toContain(bait);
    }
    expect(show(bait)).toMatch(/^<code>.*<\/code>$/);
  });

  test.each([
    'License key',
    'Expired / PaidPartial',
    '20.00 of 49.00 USD',
    'v1.2, e.g. for 5 PCs',
    'A/B test',
    'CA$24.00',
    'T-1042: paid at 20:01.',
    '2026-11-24',
    '-24.50',
    'Smith & Sons (C#)',
    'See /deadletters to try again.',
  ])('%s is shown as it is', (text) => {
    expect(show(text)).toBe(text.replace('&', '&amp;'));
  });
});

describe('a card', () => {
  const bait = 'Get it at evil.com/x or @evil_bot #free';

  test('of an order has no links but the one to pay at', () => {
    const order = anOrder({
      items: [{ sku: bait, name: bait, quantity: 2, unitAmountMinor: 4900 }],
      customerName: bait,
      customerEmail: 'ann@example.org',
      reference: bait,
      note: bait,
      attention: bait,
    });
    const payment = aPayment({ providerStatus: bait });
    const details = { order, payments: [payment], refunds: [], cases: [], timeline: [anEntry({ text: bait })] };
    const card = orderCard(details, { ...look, providerUrl: null, buttons: 'full', canRefund: false });
    expect(linksIn(card.text)).toEqual([payment.checkoutUrl]);
  });

  test('of an alert has none', () => {
    const facts = { ...anAlert().facts, headline: bait, why: bait, detail: bait };
    const card = alertCard(anAlert({ facts, acknowledgedBy: bait }), { ...look, place: 'card', providerUrl: null });
    expect(linksIn(card.text)).toEqual([]);
  });
});
