import { expect, test } from 'vitest';
import { auditOf, buttonsOf, openChat, say, tap, textOf } from './support/chat.ts';
import { ann } from './support/shop.ts';

test('a tap on a provider in the list asks it, with an audit row, and a double tap asks once', async () => {
  await using shop = await openChat();
  const now = shop.deps.clock.now();
  await shop.deps.database.transaction(({ outages }) =>
    outages.insertOutage({
      id: 'outage-1',
      provider: 'btcpay',
      status: 'retired',
      version: 1,
      beganAt: now,
      reason: 'probe: HTTP 410',
      askedAt: now,
      goneSince: now,
      goneCount: 3,
      retiredAt: now,
      answeredAt: null,
      endedAt: null,
      lookedCount: 0,
      recoveredCount: 0,
      lostCount: 0,
    }),
  );
  const list = await say(shop, '/providers');
  const asked = 'Ask BTCPay again';
  expect(buttonsOf(shop, list)).toContain(asked);
  const data = list.keyboard.flat().find(({ text }) => text === asked)?.callback_data ?? '';
  const before = shop.provider.probes();
  expect(await tap(shop, list, asked)).toContain('BTCPay answers');
  const again = { userId: ann, bot: 'till_bot', messageId: list.messageId, data, forged: true } as const;
  expect((await shop.telegram.tapButton(again)).text).toBe('That was done a moment ago.');
  expect(shop.provider.probes() - before).toBe(1);
  expect(await auditOf(shop)).toEqual([`${ann} provider.reinstate`, `${ann} provider.ask_again`]);
  expect(textOf(shop, list)).not.toContain('decommissioned');
});
