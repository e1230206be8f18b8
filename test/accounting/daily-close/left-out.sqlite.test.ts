// A provider says of one payment what this version does not understand: the day is closed all the same, and says so.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchFees } from '#accounting/fees/fetch-fees.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { ProviderNotUnderstood } from '#payments/ports/provider-errors.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { type AccountingKit, openAccountingKit, paid } from '#test/support/scenario-kits/accounting-kit.ts';

let kit: AccountingKit;
beforeEach(async () => {
  kit = await openAccountingKit();
});
afterEach(() => kit.opened.remove());

const sum = (count: number, amount: string) => ({ count, amount });
const reference = asProviderReference('btcpay-2');

function notUnderstood(operation: string): ProviderNotUnderstood {
  const facts = {
    provider: 'btcpay',
    code: null,
    httpStatus: 200,
    message: operation,
    what: 'status "Frozen"',
  } as const;
  return new ProviderNotUnderstood({ ...facts, operation });
}

/** Of the second payment the provider says something new, in its list and when it is asked. */
function speakOddly(): void {
  const { find } = kit.deps.providers;
  const odd = (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    async fetchPayment(asked, options) {
      if (asked === reference) throw notUnderstood('fetch_payment');
      return provider.fetchPayment(asked, options);
    },
    async *listPayments(window, signal) {
      for await (const page of provider.listPayments(window, signal)) {
        yield page.map((one) =>
          one.reference === reference
            ? {
                provider: 'btcpay',
                reference,
                paymentId: one.paymentId,
                createdAt: one.createdAt,
                unread: 'status "Frozen"',
              }
            : one,
        );
      }
    },
  });
  kit.deps.providers = {
    ...kit.deps.providers,
    find(name) {
      const found = find(name);
      return found && odd(found);
    },
  };
}

async function twoPayments(): Promise<void> {
  await kit.shows(await kit.order('2026-11-20T09:00:00Z'), paid);
  await kit.shows(await kit.order('2026-11-20T10:00:00Z'), paid);
}

test('the day counts what is understood, and says what was left out', async () => {
  await twoPayments();
  speakOddly();
  kit.setClock('2026-11-21T05:00:00Z');
  expect(await kit.close()).toEqual({ closed: 1, unexplained: 1, waiting: 0 });
  const content = await kit.contentOf('2026-11-20');
  expect(content.notes).toContain('1 payment was left out: what BTCPay says of it is not understood.');
  expect(content.providers[0]?.payments[0]).toMatchObject({
    here: { paid: sum(2, '98.00') },
    there: { paid: sum(1, '49.00') },
  });
  expect(content.unexplained.list).toMatchObject([
    { kind: 'unread', reference, here: 'paid', there: 'not understood: status "Frozen"' },
  ]);
});

test('it is explained by the case of that payment, which a comparison has opened', async () => {
  await twoPayments();
  speakOddly();
  kit.setClock('2026-11-20T12:00:00Z');
  const cause = { kind: 'reconciliation', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
  await createReconciler(kit.deps)({ provider: 'btcpay', startedBy: 'test', cause });
  kit.setClock('2026-11-21T05:00:00Z');
  expect(await kit.close()).toEqual({ closed: 1, unexplained: 0, waiting: 0 });
  expect(await kit.contentOf('2026-11-20')).toMatchObject({
    explained: 1,
    exceptions: [{ kind: 'payment_unread', provider: 'btcpay', count: 1 }],
  });
});

test('fees and settlements that are understood are kept, and what is not is said', async () => {
  await twoPayments();
  const asked: string[] = [];
  kit.book('btcpay').fees = {
    async *listFees() {
      asked.push('fees');
      yield [
        {
          reference: asProviderReference('btcpay-1'),
          fee: '0.49',
          net: '48.51',
          asset: 'USD',
          at: kit.deps.clock.now(),
        },
      ];
      throw notUnderstood('list_ledger');
    },
    async *listSettlements() {
      asked.push('settlements');
      yield [];
      throw notUnderstood('list_settlements');
    },
  };
  expect(await fetchFees(kit.deps, {})).toEqual({ booked: 1, unmatched: 0, settlements: 0, failed: 2 });
  expect(asked).toEqual(['fees', 'settlements']);
});
