// A paid order of 49.00 USD at a provider that can give money back, and the hands that do it: the outbox, the job, and a
// process that dies wherever the test says.
import { minute } from '#kernel/clock.ts';
import { asRefundId, type PaymentId } from '#kernel/ids.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import { getOrderDetails, type OrderDetails } from '#payments/lifecycle/get-order.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { followRefunds } from '#payments/refunds/follow-refunds.ts';
import { type RefundDraft, requestRefund } from '#payments/refunds/request-refund.ts';
import { createRefundHandler } from '#payments/refunds/send-refund.ts';
import type { TestDatabase } from '#test/support/database/test-database.ts';
import {
  createFakeRefundProvider,
  type FakeRefundProvider,
  withFakeRefunds,
} from '#test/support/fakes/refund-provider.ts';
import { createScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import {
  createTestDeps,
  detailsOf,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

export const admin = { kind: 'admin', id: '42' } as const;

/** The process that sent it has crashed, and how far it came is unknown. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

export interface RefundKit {
  deps: TestDeps;
  refundProvider: FakeRefundProvider;
  paymentId: PaymentId;
  ask(draft?: Partial<RefundDraft>): ReturnType<typeof requestRefund>;
  /** Carries out what the outbox owes to the provider, once each; errors are kept for the next time. */
  deliver(): Promise<void>;
  /** Lets time pass a minute at a time, with the job at each. */
  pass(minutes: number): Promise<void>;
  /** The process dies before its `step`-th transaction from now on, and every later one, until it is started again. */
  dieAt(step: number): void;
  /** A new process takes up what the last one left. */
  restart(): Promise<void>;
  refunds(): Promise<Refund[]>;
  details(): Promise<OrderDetails>;
  shopHeard(): Promise<string[]>;
}

export async function openRefundKit(
  opened: TestDatabase,
  options: { startsAs?: 'pending' | 'succeeded'; received?: string; shows?: Partial<PaymentSnapshot> } = {},
): Promise<RefundKit> {
  const made = createTestDeps(opened.database);
  const refundProvider = createFakeRefundProvider(made.clock, { startsAs: options.startsAs ?? 'succeeded' });
  const scripted = createScriptedProviders(['btcpay'], made.clock);
  let stepsLeft = Number.POSITIVE_INFINITY;
  const database: TestDeps['database'] = {
    holder: opened.database.holder,
    read: (work) => opened.database.read(work),
    readOneMoment: (work) => opened.database.readOneMoment(work),
    async transaction(work) {
      stepsLeft -= 1;
      if (stepsLeft < 0) throw new ProcessDied('the process is gone');
      return opened.database.transaction(work);
    },
  };
  const deps: TestDeps = { ...made, database, providers: withFakeRefunds(scripted, 'btcpay', refundProvider) };
  const paymentId = await placeTestOrder(deps);
  const received = options.received ?? '49.00';
  const settlement = { expected: '49.00', received, asset: 'USD' };
  await showSnapshot(deps, {
    paymentId,
    shows: { state: 'confirmed', settlement, providerStatus: 'Settled', ...options.shows },
  });
  const orderId = (await detailsOf(deps, paymentId)).order.id;
  const settled = new Set<string>();

  async function owed(): Promise<OutboxMessage[]> {
    const request = { lane: 'provider', now: deps.clock.now(), lockedUntil: 0, lockedBy: 'test', limit: 50 };
    const both = await opened.database.transaction(async ({ outbox }) => [
      ...(await outbox.claimDue({ ...request, suspectedPoison: false })),
      ...(await outbox.claimDue({ ...request, suspectedPoison: true })),
    ]);
    const once = [...new Map(both.map((message) => [message.id, message])).values()];
    return once.filter(({ id, topic }) => topic === 'refund.send' && !settled.has(id));
  }

  return {
    deps,
    refundProvider,
    paymentId,
    ask: (draft) =>
      requestRefund(deps, { paymentId, amount: 'all', reason: 'Bought by mistake', actor: admin, ...draft }),
    async deliver() {
      for (const message of await owed()) {
        try {
          const result = await createRefundHandler(deps).deliver(message, new AbortController().signal);
          if (result.kind !== 'retry') settled.add(message.id);
        } catch (error) {
          if (!(error instanceof ProcessDied)) throw error;
        }
      }
    },
    async pass(minutes) {
      for (let minutesPassed = 0; minutesPassed < minutes; minutesPassed += 1) {
        deps.clock.advance(minute);
        await followRefunds(deps, { limit: 50 });
      }
    },
    dieAt(step) {
      stepsLeft = step;
    },
    async restart() {
      stepsLeft = Number.POSITIVE_INFINITY;
      refundProvider.onCommand = () => undefined;
      await opened.database.transaction((stores) => stores.payments.releaseAllPayments());
    },
    refunds: () => opened.database.read((stores) => stores.refunds.listRefundsForPayment(paymentId)),
    async details() {
      const details = await getOrderDetails(deps, { id: orderId });
      if (details === undefined) throw new Error('the order vanished');
      return details;
    },
    async shopHeard() {
      const now = deps.clock.now();
      const messages = await opened.database.transaction(({ outbox }) =>
        outbox.claimDue({ lane: 'shop', now, lockedUntil: 0, lockedBy: 'test', limit: 50, suspectedPoison: false }),
      );
      return messages.map(({ payload }) => String(payload['type']));
    },
  };
}

/** The refund of that id as the provider knows it: how often money was moved for it. */
export function paidFor(refundProvider: FakeRefundProvider, refund: Pick<Refund, 'id'>): number {
  return refundProvider.refunds.filter(({ refundId }) => refundId === asRefundId(refund.id)).length;
}
