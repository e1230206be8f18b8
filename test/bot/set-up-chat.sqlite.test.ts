import { expect, test } from 'vitest';
import { errorCheck, type GroupedCheck, okCheck } from '#diagnostics/set-up-check.ts';
import { minute, second } from '#kernel/clock.ts';
import { openChat, say, tap, textOf } from './support/chat.ts';

const broken: GroupedCheck = {
  group: 'btcpay',
  ...errorCheck('key', { detail: 'is refused', advice: 'make a new one' }),
};
const mended: GroupedCheck = { group: 'btcpay', ...okCheck('key', 'is accepted') };

test.each(['/health', '/providers'])(
  '%s answers at once, and its message is edited when the look ends',
  async (command) => {
    await using shop = await openChat();
    shop.doctor.finds([broken]);
    const release = shop.doctor.hold();
    const message = await say(shop, command);
    expect(message.text).toContain('being checked');
    expect((await say(shop, '/help')).text).toContain('/orders');
    release();
    await shop.telegram.awaitMessage(
      ({ messageId, text }) => messageId === message.messageId && text.includes('is refused'),
    );
    expect(textOf(shop, message)).toContain('make a new one');
  },
);

test('what was found a moment ago is shown without another look, until somebody asks for one', async () => {
  await using shop = await openChat();
  shop.doctor.finds([broken]);
  const first = await say(shop, '/health');
  await shop.telegram.awaitMessage(({ messageId, edits }) => messageId === first.messageId && edits === 1);
  const later = await say(shop, '/providers');
  expect(later.text).toContain('is refused');
  expect(shop.doctor.looks()).toBe(1);

  shop.doctor.finds([mended]);
  expect(await tap(shop, later, 'Check now')).toBe('Checked just now.');
  expect(shop.doctor.looks()).toBe(1);
  shop.deps.clock.advance(10 * second);
  expect(await tap(shop, later, 'Check now')).toBe('Checking …');
  await expect.poll(() => textOf(shop, later)).toContain('set-up 1 ok');
  await tap(shop, first, 'Refresh');
  expect(textOf(shop, first)).toContain('Set-up: 1 ok');
  expect(shop.doctor.looks()).toBe(2);

  shop.deps.clock.advance(2 * minute);
  await say(shop, '/health');
  await expect.poll(() => shop.doctor.looks()).toBe(3);
});

test('a look whose message is gone ends quietly', async () => {
  await using shop = await openChat();
  const release = shop.doctor.hold();
  await say(shop, '/health');
  shop.telegram.failNext({ method: 'editMessageText', times: 1, kind: 'error_500' });
  release();
  await expect.poll(() => shop.deps.log.events.some(({ message }) => message === 'set-up not shown')).toBe(true);
  expect((await say(shop, '/health')).text).toContain('All is well');
});
