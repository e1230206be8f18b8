// A fake sales channel, and the admins who review its held orders.
import { type Case, liveStatuses } from '#cases/case.ts';
import { saveProduct } from '#catalog/save-product.ts';
import { setLicenseSecret } from '#catalog/set-license-secret.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { getOrderDetails, type OrderDetails } from '#payments/lifecycle/get-order.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { PaymentTx } from '#payments/ports/payment-store.ts';
import type { ChannelEvent, ChannelOrder } from '#payments/ports/sales-channel.ts';
import { decideCase } from '#payments/resolutions/actions/decide-case.ts';
import { handleInboxEvent } from '#payments/webhooks/handle-inbox-event.ts';
import type { TestDatabase } from '#test/support/database/test-database.ts';
import { anEvent, aSale, createFakeSalesChannel, type FakeSalesChannel } from '#test/support/fakes/sales-channel.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

export const admin = { kind: 'admin', id: '42' } as const;
export const by = { actor: admin, name: 'Ada' };

export interface ChannelKit {
  deps: TestDeps;
  channel: FakeSalesChannel;
  hear(told: ChannelEvent | 'unreadable', change?: Parameters<typeof anEvent>[1]): ReturnType<typeof handleInboxEvent>;
  sell(change?: Partial<ChannelOrder>): ReturnType<typeof handleInboxEvent>;
  giveBack(returnedMinor: number, change?: Partial<ChannelOrder>): ReturnType<typeof handleInboxEvent>;
  paymentOf(reference?: string): Promise<Payment | undefined>;
  orderOf(reference?: string): Promise<OrderDetails>;
  inTransaction<Result>(body: (tx: PaymentTx) => Promise<Result>): Promise<Result>;
  /** Live cases that have a card of their own. */
  ringingCases(): Promise<Case[]>;
  addGuide(options?: { secret?: string }): Promise<string>;
}

export function openChannelKit(opened: TestDatabase): ChannelKit {
  const made = createTestDeps(opened.database);
  const channel = createFakeSalesChannel();
  const deps: TestDeps = { ...made, providers: channel };
  const hear: ChannelKit['hear'] = (told, change) =>
    handleInboxEvent(deps, anEvent(told, change), new AbortController().signal);
  const paymentOf: ChannelKit['paymentOf'] = (reference = 'sale-1') =>
    deps.database.read((stores) =>
      stores.payments.findPaymentByReference({ provider: 'payhip', reference: asProviderReference(reference) }),
    );
  return {
    deps,
    channel,
    hear,
    paymentOf,
    sell: (change) => hear({ kind: 'sold', channelOrder: aSale(change) }),
    giveBack: (returnedMinor, change) =>
      hear({ kind: 'returned', returned: { channelOrder: aSale(change), returnedMinor, returnedAt: null } }),
    async orderOf(reference) {
      const payment = await paymentOf(reference);
      const details = payment && (await getOrderDetails(deps, { id: payment.orderId }));
      if (details === undefined) throw new Error('the sale has no order');
      return details;
    },
    inTransaction: (body) => inTransaction(deps, causeOf({ kind: 'job', id: 'test' }), body),
    ringingCases: () =>
      deps.database.read((stores) =>
        stores.cases.listCases({
          statuses: liveStatuses,
          kinds: null,
          rings: true,
          order: 'oldest_first',
          limit: 200,
        }),
      ),
    async addGuide(options = {}) {
      const draft = {
        sku: 'GUIDE',
        name: 'Field Guide',
        amountMinor: 900,
        currency: 'USD',
        channel: 'payhip',
        channelKey: 'RGsF',
      } as const;
      const saved = await saveProduct(deps, { draft, expectedVersion: null, actor: admin });
      if (!('productId' in saved)) throw new Error(`the product was not saved: ${saved.kind}`);
      const { productId } = saved;
      if (options.secret) await setLicenseSecret(deps, { productId, secret: options.secret, actor: admin });
      return productId;
    },
  };
}

export const audited = async ({ deps }: ChannelKit): Promise<string[]> => {
  const rows = await deps.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 50 }));
  return rows.map(({ action, reason }) => (reason === null ? action : `${action}: ${reason}`));
};

/** An admin resolves the case of the held channel order. */
export async function decide(
  shop: ChannelKit,
  asked: { action: 'accept' | 'reject'; reason: string; reference?: string; option?: string },
) {
  const { action, reason, option = null } = asked;
  const payment = await shop.paymentOf(asked.reference);
  const key = `payment_held:${payment?.orderId}`;
  const found = await shop.deps.database.read((stores) => stores.cases.listCasesByKeys([key]));
  return decideCase(shop.deps, { caseId: found[0]?.id ?? '', action, by, reason, option });
}
