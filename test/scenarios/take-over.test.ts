// The product starts on a database of the version before cases, whose alert and exception stand as messages in the chats.
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { encodeCallback } from '#bot/text/callback-data.ts';
import { insertText, oldAlert, oldException, oldSchema } from '#test/db/migrations/old-cases.ts';
import { openAppFixtureIn } from '#test/support/app-fixture/app-fixture.ts';
import { adminBot, openWorld, owner, pagerBot, type World } from '#test/support/app-fixture/world.ts';

const alertId = '0192f5a0-7c3e-7abc-8def-0123456789ab';
const exceptionId = '0192f5a0-7c3e-7abc-8def-0123456789ac';
const key = 'payment_unknown:btcpay:stray';

async function sendAsBefore(world: World, message: { token: string; button: string; data: string }): Promise<number> {
  const reply_markup = { inline_keyboard: [[{ text: message.button, callback_data: message.data }]] };
  const answer = await fetch(`${world.telegram.url}/bot${message.token}/sendMessage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: owner.id, text: 'Unmatched payment with money', reply_markup }),
  });
  const { result } = (await answer.json()) as { result: { message_id: number } };
  return result.message_id;
}

function writeOld(world: World, shown: { messageId: number }): void {
  const file = new Database(world.file);
  for (const text of [
    ...oldSchema('sqlite'),
    insertText('alerts', oldAlert('stray', { id: alertId, key, kind: 'payment_unknown' })),
    insertText('payment_exceptions', {
      ...oldException('stray', { id: exceptionId, key, kind: 'payment_unknown', reference: 'stray' }),
      order_id: null,
      payment_id: null,
      refund_id: null,
    }),
    insertText('sent_messages', {
      bot: 'pager',
      chat_id: owner.id,
      subject: `alert:${alertId}`,
      message_id: shown.messageId,
      shown_version: 3,
      content_hash: 'open:hash',
      sent_at: 1,
      updated_at: 1,
    }),
  ])
    file.exec(text);
  file.close();
}

test('a database of the version before goes on: old buttons work, and the card that stands in the chat is edited', async () => {
  const world = await openWorld();
  const messageId = await sendAsBefore(world, {
    token: '222:PagerPagerPagerPagerPagerPagerPager',
    button: 'Acknowledge',
    data: encodeCallback({ kind: 'alert', act: 'ack', id: alertId, place: 'card' }),
  });
  await sendAsBefore(world, {
    token: '111:AdminAdminAdminAdminAdminAdminAdmin',
    button: 'Take it',
    data: encodeCallback({ kind: 'exception', act: 'take', id: exceptionId }),
  });
  writeOld(world, { messageId });
  await using app = await openAppFixtureIn(world);
  const only = (bot: string) => {
    const [first] = app.telegram.messages({ bot, chatId: owner.id });
    if (first === undefined) throw new Error(`${bot} has shown nothing`);
    return first;
  };
  expect((await app.tap(only(pagerBot), 'Acknowledge')).text).toBe('Acknowledged: it is yours.');
  const card = await app.awaitCard(({ text }) => text.includes('Acknowledged by Ada'));
  expect(card.messageId).toBe(messageId);
  expect(app.pagerMessages()).toHaveLength(1);
  expect((await app.tap(only(adminBot), 'Take it')).text).toBe('Ada has it already.');
  const list = await app.ask('/exceptions', ({ text }) => text.startsWith('Exceptions'));
  expect(list.text).toContain('1 open');
  expect(list.text).toContain('✋ Ada');
});
