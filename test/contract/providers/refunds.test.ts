import { describe, expect, test } from 'vitest';
import { day } from '#kernel/clock.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { faultKinds, lateFaultKinds } from '#sandbox/providers/contract.ts';
import { openRefundShop, refundingNames } from './refund-shop.ts';
import { openShop } from './shop.ts';

// What every adapter promises that gives money back, shown before its simulated provider. Whether a command was carried
// out is never guessed: a lost answer is reported as such, and a fetch shows the result.

const lost = { name: 'ProviderUnreachable' };
const executed = faultKinds.filter((kind) => kind.endsWith('_after'));
const notExecuted = faultKinds.filter((kind) => !kind.endsWith('_after') && kind !== '429');

test.each(providerNames)('%s makes refunds and is tested here, or does not', async (name) => {
  await using shop = await openShop(name);
  expect(shop.provider.refunds !== null).toBe(refundingNames.includes(name));
});

describe.each(refundingNames)('%s', (name) => {
  test('takes a refund on, and shows it by our id and by its own', async () => {
    await using shop = await openRefundShop(name);
    const command = shop.aRefund();
    const made = await shop.refunds.requestRefund(command);
    expect(made).toMatchObject({ refundId: command.refundId, state: 'pending', amount: command.amount });
    expect(made.createdAt).not.toBeNull();
    expect(await shop.refunds.findRefunds(shop.looking([command]))).toEqual([made]);
    expect(await shop.refunds.findRefunds(shop.looking([command], [made.reference]))).toEqual([made]);
    expect(await shop.restarted().findRefunds(shop.looking([command]))).toEqual([made]);
  });

  test('gives the claim link exactly where the buyer has to claim the money', async () => {
    await using shop = await openRefundShop(name);
    const { claimUrl } = await shop.refunds.requestRefund(shop.aRefund());
    expect(claimUrl !== null).toBe(shop.refunds.way === 'claimed_by_buyer');
    if (claimUrl !== null) expect((await fetch(claimUrl)).status).toBe(200);
  });

  test('shows that it has arrived, with its transactions, and that the payment was good', async () => {
    await using shop = await openRefundShop(name);
    const command = shop.aRefund();
    const { reference } = await shop.refunds.requestRefund(command);
    await shop.arrive();
    const [arrived, ...others] = await shop.refunds.findRefunds(shop.looking([command], [reference]));
    expect(arrived).toMatchObject({ reference, refundId: command.refundId, state: 'succeeded' });
    expect(arrived?.transactionIds).toEqual([expect.stringMatching(/^(0x)?[0-9a-f]{64}$/)]);
    expect(others).toEqual([]);
    expect((await shop.provider.fetchPayment(shop.reference)).state).toBe('confirmed');
  });

  test('finds nothing where nothing was asked for', async () => {
    await using shop = await openRefundShop(name);
    expect(await shop.refunds.findRefunds(shop.looking([shop.aRefund()]))).toEqual([]);
    expect(await shop.refunds.findRefunds(shop.looking([]))).toEqual([]);
  });

  test.each(executed)('says that the answer was lost, and then finds what was done (%s)', async (fault) => {
    await using shop = await openRefundShop(name);
    const command = shop.aRefund();
    shop.failCommand(fault);
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject(lost);
    expect(shop.sends()).toBe(1);
    expect(shop.held()).toHaveLength(1);
    expect(await shop.restarted().findRefunds(shop.looking([command]))).toMatchObject([
      { refundId: command.refundId, state: 'pending', amount: command.amount },
    ]);
  });

  test.each(notExecuted)('sends a command once, whatever becomes of it (%s)', async (fault) => {
    await using shop = await openRefundShop(name);
    const command = shop.aRefund();
    shop.failCommand(fault);
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject(lost);
    expect(shop.sends()).toBe(1);
    expect(await shop.refunds.findRefunds(shop.looking([command]))).toEqual([]);
    expect(await shop.refunds.requestRefund(command)).toMatchObject({ refundId: command.refundId });
    expect(shop.held()).toHaveLength(1);
  });

  test.each(lateFaultKinds)('finds a command that is carried out only later (%s)', async (fault) => {
    await using shop = await openRefundShop(name);
    const command = shop.aRefund();
    shop.failCommand(fault);
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject(lost);
    expect(await shop.refunds.findRefunds(shop.looking([command]))).toEqual([]);
    await shop.passLate();
    expect(await shop.refunds.findRefunds(shop.looking([command]))).toMatchObject([{ refundId: command.refundId }]);
  });

  test('a command that was repeated before it was carried out moves the money once', async () => {
    await using shop = await openRefundShop(name);
    const command = shop.aRefund();
    shop.failCommand('timeout_late');
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject(lost);
    const { reference } = await shop.refunds.requestRefund(command);
    await shop.passLate();
    const shown = await shop.refunds.findRefunds(shop.looking([command], [reference]));
    expect(shown).toMatchObject([{ refundId: command.refundId, reference, state: 'pending' }]);
    expect(shop.held().filter(({ status }) => status !== 'Archived')).toHaveLength(1);
    await shop.arrive();
    await expect(shop.arrive()).rejects.toMatchObject({ name: 'VisitRefused' });
  });

  test('says that a command was not carried out when the provider asks to wait', async () => {
    await using shop = await openRefundShop(name);
    shop.failCommand('429');
    await expect(shop.refunds.requestRefund(shop.aRefund())).rejects.toMatchObject({ name: 'ProviderRateLimited' });
    expect(shop.held()).toEqual([]);
  });

  test('refunds in parts up to the full amount, and tells the refunds apart', async () => {
    await using shop = await openRefundShop(name);
    const commands = [shop.aRefund('20.00'), shop.aRefund('29.10')];
    for (const command of commands) {
      await shop.refunds.requestRefund(command);
      await shop.arrive();
    }
    const shown = await shop.refunds.findRefunds(shop.looking(commands));
    const facts = shown.map(({ refundId, amount, state }) => [refundId, amount.amount, state]);
    expect(facts.sort()).toEqual(commands.map(({ refundId, amount }) => [refundId, amount.amount, 'succeeded']).sort());
    expect((await shop.provider.fetchPayment(shop.reference)).state).toBe('confirmed');
  });

  test('is refused more than was paid, and any of what was not paid', async () => {
    await using shop = await openRefundShop(name);
    const refused = { name: 'ProviderRejected', provider: name };
    await expect(shop.refunds.requestRefund(shop.aRefund('49.11'))).rejects.toMatchObject(refused);
    const { reference: unpaid } = await shop.provider.createPayment(shop.anOrder());
    const command = shop.aRefund('1.00', { paymentReference: unpaid });
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject(refused);
    expect(shop.held()).toEqual([]);
  });

  test('shows refunds made by others, and does not take them for ours', async () => {
    await using shop = await openRefundShop(name);
    const command = shop.aRefund('20.00');
    await shop.refundByHand('5.00');
    await shop.refunds.requestRefund(command);
    const shown = await shop.refunds.findRefunds(shop.looking([command]));
    const facts = shown.map(({ refundId, amount }) => [amount.amount, amount.asset, refundId]);
    const { asset } = command.amount;
    expect(facts.sort()).toEqual([
      ['20.00', asset, command.refundId],
      ['5.00', asset, null],
    ]);
  });

  test('shows a refund of ours that is forgotten here, as after a restored backup', async () => {
    await using shop = await openRefundShop(name);
    const { reference } = await shop.refunds.requestRefund(shop.aRefund('20.00'));
    expect(await shop.refunds.findRefunds(shop.looking([]))).toMatchObject([
      { reference, amount: { amount: '20.00' } },
    ]);
    await shop.arrive();
    const window = { from: shop.clock.now() - day, to: shop.clock.now() + 1 };
    expect(await shop.refunds.listRefunds(window)).toMatchObject([{ paymentReference: shop.reference }]);
  });

  test('lists refunds that were made by others, without being asked about their payment', async () => {
    await using shop = await openRefundShop(name);
    const from = shop.clock.now() - day;
    const list = () => shop.refunds.listRefunds({ from, to: shop.clock.now() + 1 });
    expect(await list()).toEqual([]);
    await shop.refundByHand('5.00');
    await shop.arrive();
    const [listed, ...others] = await list();
    expect(listed?.paymentReference).toBe(shop.reference);
    expect([null, shop.held()[0]?.id]).toContain(listed?.reference);
    expect(others).toEqual([]);
    const later = shop.clock.now() + day;
    expect(await shop.refunds.listRefunds({ from: later, to: later + day })).toEqual([]);
  });

  test('keeps the refunds of one payment out of those of another', async () => {
    await using shop = await openRefundShop(name);
    const other = await shop.provider.createPayment(shop.anOrder());
    await shop.sandbox.visit({ provider: name, reference: other.reference, action: 'pay' });
    await shop.refundByHand('5.00', other.reference);
    await shop.refunds.requestRefund(shop.aRefund('6.00', { paymentReference: other.reference }));
    expect(await shop.refunds.findRefunds(shop.looking([]))).toEqual([]);
  });

  test('takes any reason, and the buyer reads its beginning', async () => {
    await using shop = await openRefundShop(name);
    const commands = [
      '"><b>Bold</b> & more\n',
      `${'x'.repeat(280)} ${'😀'.repeat(9)}`,
      'ref. r-0123456789012345678901',
    ];
    for (const reason of commands) {
      const command = shop.aRefund('1.00', { reason });
      const made = await shop.refunds.requestRefund(command);
      expect(await shop.refunds.findRefunds(shop.looking([command]))).toContainEqual(made);
      expect(made.refundId).toBe(command.refundId);
    }
  });

  test('its webhooks lead to the payment, or fetching finds the change', async () => {
    await using shop = await openRefundShop(name);
    await shop.verdicts();
    await shop.refunds.requestRefund(shop.aRefund());
    await shop.arrive();
    const verdicts = await shop.verdicts();
    expect(verdicts.length).toBeGreaterThan(0);
    for (const verdict of verdicts) {
      if (verdict.kind === 'event') expect(verdict).toMatchObject({ reference: shop.reference, trust: 'signed' });
      else expect(verdict.kind).toBe('irrelevant');
    }
    expect(verdicts.some(({ kind }) => kind === 'event')).toBe(true);
  });
});
