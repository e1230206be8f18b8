import { describe, expect, test } from 'vitest';
import type { RefundCommand } from '#payments/ports/refund-provider.ts';
import { makeBtcPayAccount } from '#sandbox/providers/btcpay/account.ts';
import { permissions } from '#sandbox/providers/btcpay/api.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import { btcpayClient } from '#test/sandbox/providers/clients.ts';
import { openRefundShop } from './refund-shop.ts';

type RefundShop = Awaited<ReturnType<typeof openRefundShop>>;

const lost = { name: 'ProviderUnreachable' };
const visit = (shop: RefundShop, reference: string, action: VisitAction, fraction?: string) =>
  shop.sandbox.visit({ provider: 'btcpay', reference, action, fraction });

describe('a claim is followed', () => {
  test('from the offer through approval to the payout', async () => {
    await using shop = await openRefundShop('btcpay');
    const command = shop.aRefund();
    const { reference, providerStatus } = await shop.refunds.requestRefund(command);
    const look = async () => (await shop.refunds.findRefunds(shop.looking([command], [reference])))[0];
    expect(providerStatus).toBe('waiting for the buyer to claim it');
    await visit(shop, reference, 'claim_refund');
    expect(await look()).toMatchObject({ state: 'pending', providerStatus: 'AwaitingApproval' });
    const client = btcpayClient(shop.sandbox);
    const [payout] = (await client.request('GET', `${client.store}/payouts`)).json;
    await client.request('POST', `${client.store}/payouts/${payout.id}`, { revision: 0 });
    expect(await look()).toMatchObject({ state: 'pending', providerStatus: 'AwaitingPayment' });
    await visit(shop, reference, 'complete_refund');
    expect(await look()).toMatchObject({ state: 'succeeded', providerStatus: 'Completed' });
  });

  test('in parts, and a payout that is cancelled leaves it to be claimed again', async () => {
    await using shop = await openRefundShop('btcpay');
    const command = shop.aRefund('40.00');
    const { reference } = await shop.refunds.requestRefund(command);
    const look = async () => (await shop.refunds.findRefunds(shop.looking([command])))[0];
    await visit(shop, reference, 'claim_refund', '0.5');
    await visit(shop, reference, 'complete_refund');
    await visit(shop, reference, 'claim_refund');
    await visit(shop, reference, 'fail_refund');
    expect(await look()).toMatchObject({
      state: 'pending',
      providerStatus: 'waiting for the buyer to claim it (20.00 of 40.00 USD paid)',
    });
    await visit(shop, reference, 'claim_refund');
    await visit(shop, reference, 'complete_refund');
    const done = await look();
    expect(done).toMatchObject({ state: 'succeeded' });
    expect(done?.transactionIds).toHaveLength(2);
  });

  test('until somebody archives it at the server', async () => {
    await using shop = await openRefundShop('btcpay');
    const command = shop.aRefund();
    const { reference } = await shop.refunds.requestRefund(command);
    await visit(shop, reference, 'claim_refund');
    const client = btcpayClient(shop.sandbox);
    await client.request('DELETE', `${client.store}/pull-payments/${reference}`);
    expect(await shop.refunds.findRefunds(shop.looking([command]))).toMatchObject([{ state: 'cancelled' }]);
  });

  test.each<VisitAction>(['pay_late', 'overpay', 'underpay'])(
    'of a payment that is late or of another amount, too (%s)',
    async (action) => {
      await using shop = await openRefundShop('btcpay');
      const { reference } = await shop.provider.createPayment(shop.anOrder());
      await visit(shop, reference, action);
      if (action === 'underpay') await visit(shop, reference, 'expire');
      const command = shop.aRefund('24.55', { paymentReference: reference });
      await expect(shop.refunds.requestRefund(command)).resolves.toMatchObject({ state: 'pending' });
    },
  );
});

describe('two offers under one id of ours', () => {
  /** The first command is carried out last. */
  async function twoOffers(shop: RefundShop, command: RefundCommand) {
    shop.failCommand('reset_late');
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject(lost);
    const { reference: known } = await shop.refunds.requestRefund(command);
    await shop.passLate();
    const late = shop.held().find(({ id }) => id !== known)?.id ?? '';
    expect(late).not.toBe('');
    return { known, late };
  }

  test('are one: nobody can claim the other any more', async () => {
    await using shop = await openRefundShop('btcpay');
    const command = shop.aRefund();
    const { known, late } = await twoOffers(shop, command);
    const shown = await shop.restarted().findRefunds(shop.looking([command]));
    expect(shown).toMatchObject([{ reference: known, refundId: command.refundId }]);
    await expect(visit(shop, late, 'claim_refund')).rejects.toMatchObject({ name: 'VisitRefused' });
    // Looking again changes nothing.
    expect(await shop.refunds.findRefunds(shop.looking([command]))).toEqual(shown);
    expect(shop.calls.filter(({ operation }) => operation === 'archive_refund')).toHaveLength(1);
  });

  test('keep the one whose link was given out, be it the younger', async () => {
    await using shop = await openRefundShop('btcpay');
    const command = shop.aRefund();
    const { known, late } = await twoOffers(shop, command);
    const shown = await shop.refunds.findRefunds(shop.looking([command], [late]));
    expect(shown).toMatchObject([{ reference: late, refundId: command.refundId }]);
    await expect(visit(shop, known, 'claim_refund')).rejects.toMatchObject({ name: 'VisitRefused' });
  });

  test('keep the one that the buyer has claimed already', async () => {
    await using shop = await openRefundShop('btcpay');
    const command = shop.aRefund();
    const { known, late } = await twoOffers(shop, command);
    await visit(shop, late, 'claim_refund');
    const shown = await shop.refunds.findRefunds(shop.looking([command], [known]));
    expect(shown).toMatchObject([{ reference: late, refundId: command.refundId, providerStatus: 'AwaitingApproval' }]);
    await expect(visit(shop, known, 'claim_refund')).rejects.toMatchObject({ name: 'VisitRefused' });
  });

  test('both claimed are two refunds, of which one is not ours', async () => {
    await using shop = await openRefundShop('btcpay');
    const command = shop.aRefund();
    const { known, late } = await twoOffers(shop, command);
    for (const reference of [known, late]) {
      await visit(shop, reference, 'claim_refund');
      await visit(shop, reference, 'complete_refund');
    }
    expect(await shop.refunds.findRefunds(shop.looking([command]))).toMatchObject([
      { reference: known, refundId: command.refundId, state: 'succeeded' },
      { reference: late, refundId: null, state: 'succeeded' },
    ]);
  });

  test('are reported as two where the key may not archive', async () => {
    const { account, environment } = makeBtcPayAccount();
    const held = Object.values(permissions).filter((permission) => permission !== permissions.archivePullPayments);
    const sandbox = { accounts: { btcpay: { ...account, permissions: held } } };
    await using shop = await openRefundShop('btcpay', { sandbox, environment });
    const command = shop.aRefund();
    const { known, late } = await twoOffers(shop, command);
    expect(await shop.refunds.findRefunds(shop.looking([command]))).toMatchObject([
      { reference: known, refundId: command.refundId },
      { reference: late, refundId: null, state: 'pending' },
    ]);
    // Once it is recorded as another refund, it is fetched as that one.
    const adopted = shop.aRefund();
    const shown = await shop.refunds.findRefunds(shop.looking([command, adopted], [known, late]));
    expect(shown.map(({ reference, refundId }) => [reference, refundId])).toEqual([
      [known, command.refundId],
      [late, adopted.refundId],
    ]);
  });
});

test('a manual refund in coin counts as the share of the invoice at the rate of the request', async () => {
  await using shop = await openRefundShop('btcpay');
  const client = btcpayClient(shop.sandbox);
  const byHand = (body: object) => client.request('POST', `${client.store}/invoices/${shop.reference}/refund`, body);
  const made = await byHand({ refundVariant: 'RateThen', payoutMethods: ['BTC-CHAIN'] });
  expect(made.json).toMatchObject({ currency: 'BTC', autoApproveClaims: true });
  expect(await shop.refunds.findRefunds(shop.looking([]))).toMatchObject([
    { reference: made.json.id, refundId: null, amount: { amount: '49.10', asset: 'USD' } },
  ]);
});

test('is found among more refunds than one page holds', async () => {
  await using shop = await openRefundShop('btcpay');
  const command = shop.aRefund('5.00');
  await shop.refunds.requestRefund(command);
  const client = btcpayClient(shop.sandbox);
  const other = (await client.create()).json.id;
  await visit(shop, other, 'pay');
  const body = { refundVariant: 'Fiat', payoutMethods: ['BTC-CHAIN'] };
  for (let count = 0; count < 101; count += 1) {
    await client.request('POST', `${client.store}/invoices/${other}/refund`, body);
  }
  expect(await shop.refunds.findRefunds(shop.looking([command]))).toMatchObject([{ refundId: command.refundId }]);
});
