import { describe, expect, test } from 'vitest';
import { payoutMethodsOf } from '#payments/providers/btcpay/invoice.ts';
import {
  type Claim,
  isClaimed,
  type Payout,
  payoutListSchema,
  pullPaymentSchema,
  stateOf,
  transactionIdsOf,
} from '#payments/providers/btcpay/pull-payments.ts';
import { exactFixture } from '../support/fixtures.ts';

const pull = exactFixture('btcpay/pull-payment.CONSTRUCTED.json', pullPaymentSchema);
const payouts = exactFixture('btcpay/payouts.CONSTRUCTED.json', payoutListSchema);
const txid = '2c31f0a5f6d94be0a4ab3c1e7b7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f9';

function claim(states: readonly (string | Partial<Payout>)[], isArchived = false): Claim {
  const made = states.map((it, index): Payout => {
    const about = typeof it === 'string' ? { state: it } : it;
    return { id: String(index), state: 'Completed', originalAmount: '49.00', originalCurrency: 'USD', ...about };
  });
  return { pull: { ...pull, archived: isArchived }, payouts: made };
}

describe('a claim', () => {
  test('of the samples is paid, with its transaction, and so it is on a server before 2.0', () => {
    expect(stateOf({ pull, payouts })).toEqual({ state: 'succeeded', providerStatus: 'Completed' });
    expect(transactionIdsOf({ pull, payouts })).toEqual([txid]);
    const old = { pull, payouts: exactFixture('btcpay/payouts-before-2.CONSTRUCTED.json', payoutListSchema) };
    expect(stateOf(old)).toEqual({ state: 'succeeded', providerStatus: 'Completed' });
    expect(transactionIdsOf(old)).toEqual(['paid by hand']);
  });

  test.each<[string, Claim, string, string]>([
    ['that nobody made', claim([]), 'pending', 'waiting for the buyer to claim it'],
    ['that was taken back', claim(['Cancelled']), 'pending', 'waiting for the buyer to claim it'],
    ['that the shop has to approve', claim(['AwaitingApproval']), 'pending', 'AwaitingApproval'],
    ['made anew', claim(['Cancelled', 'AwaitingPayment']), 'pending', 'AwaitingPayment'],
    ['on its way', claim(['InProgress']), 'pending', 'InProgress'],
    ['in a state that is not documented', claim(['OnHold']), 'pending', 'OnHold'],
    ['that is paid', claim(['Completed']), 'succeeded', 'Completed'],
    ['that is paid and archived', claim(['Completed'], true), 'succeeded', 'Completed'],
    ['archived before anybody came', claim([], true), 'cancelled', 'Archived'],
    ['archived with its claim', claim(['Cancelled'], true), 'cancelled', 'Archived'],
    ['archived while it is being paid', claim(['InProgress'], true), 'pending', 'InProgress'],
    [
      'of a part',
      claim([{ originalAmount: '20.00' }]),
      'pending',
      'waiting for the buyer to claim it (20.00 of 49.00 USD paid)',
    ],
    [
      'of the rest',
      claim([{ originalAmount: '20.00' }, { originalAmount: '29.00', state: 'AwaitingApproval' }]),
      'pending',
      'AwaitingApproval (20.00 of 49.00 USD paid)',
    ],
    ['in two parts', claim([{ originalAmount: '20.00' }, { originalAmount: '29.00' }]), 'succeeded', 'Completed'],
    [
      'archived after a part',
      claim([{ originalAmount: '20.00' }], true),
      'pending',
      'Archived (20.00 of 49.00 USD paid)',
    ],
    ['of another unit', claim([{ originalCurrency: 'BTC' }]), 'pending', 'waiting for the buyer to claim it'],
  ])('%s', (_name, made, state, providerStatus) => {
    expect(stateOf(made)).toEqual({ state, providerStatus });
  });

  test('that is not cancelled may still move money', () => {
    expect([claim([]), claim(['Cancelled']), claim(['AwaitingApproval']), claim(['Completed'])].map(isClaimed)).toEqual(
      [...[false, false, true, true]],
    );
  });

  test('shows transactions however the proof spells them, and nothing else of it', () => {
    const proofs = [
      { transactionId: 'a' },
      { PaymentHash: 'b' },
      { id: 'c' },
      { link: 'd' },
      { TransactionId: 7 },
      null,
    ];
    const all = claim(proofs.map((paymentProof) => ({ paymentProof })));
    expect(transactionIdsOf(all)).toEqual(['a', 'b', 'c']);
  });
});

describe('the ways to be paid back', () => {
  test.each([
    [
      'the way that the money came',
      [
        { paymentMethodId: 'BTC-LN', payments: [] },
        { paymentMethodId: 'BTC-CHAIN', payments: [{ id: 'x' }] },
      ],
      ['BTC-CHAIN'],
    ],
    [
      'all that were offered, if nothing came',
      [{ paymentMethodId: 'BTC-CHAIN' }, { paymentMethodId: 'BTC-LN' }],
      ['BTC-CHAIN', 'BTC-LN'],
    ],
    ['Lightning for LNURL', [{ paymentMethodId: 'BTC-LNURL' }, { paymentMethodId: 'BTC-LN' }], ['BTC-LN']],
    [
      'the names of a server before 2.0',
      [{ paymentMethod: 'BTC' }, { paymentMethod: 'BTC_LNURLPAY' }],
      ['BTC', 'BTC-LightningNetwork'],
    ],
    ['none where the server names none', [{}], []],
  ])('are %s', (_name, methods, ways) => {
    expect(payoutMethodsOf(methods)).toEqual(ways);
  });
});
