import { describe, expect, test } from 'vitest';
import { asOrderId, asRefundId } from '#kernel/ids.ts';
import type { PaymentException } from '#payments/exceptions/exception.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon } from './samples.ts';

const noFacts = { here: null, there: null, money: null, label: null };

export function sampleException(id: string, change: Partial<PaymentException> = {}): PaymentException {
  return {
    id,
    key: `payment_underpaid:${id}`,
    kind: 'payment_underpaid',
    status: 'open',
    version: 1,
    provider: 'btcpay',
    reference: 'invoice-1',
    orderId: null,
    paymentId: null,
    refundId: null,
    facts: { summary: 'Payment came short', gapFiat: '9.00 USD', gapCoin: null, ...noFacts, why: 'New' },
    ownerId: null,
    ownerName: null,
    takenAt: null,
    subjectAt: null,
    openedAt: noon,
    lastSeenAt: noon,
    waitsUntil: null,
    resolvedAt: null,
    resolution: null,
    resolvedBy: null,
    reason: null,
    undo: null,
    ...change,
  };
}

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

export function describeExceptions(open: OpenContractDatabase): void {
  describe('exceptions', () => {
    test('are one per key while they are open; resolving frees the key, and reopening takes it', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ exceptions }) => {
        const key = 'payment_underpaid:order';
        expect(await exceptions.insertException(sampleException('a', { key }))).toBe(true);
        expect(await exceptions.insertException(sampleException('b', { key }))).toBe(false);
        const change = {
          status: 'resolved',
          resolvedAt: noon + 1,
          resolution: 'accept',
          undo: { to: 'open' },
        } as const;
        const expected = { status: 'open', version: 1 } as const;
        expect(await exceptions.changeException({ id: 'a', expected: { ...expected, version: 2 }, change })).toBe(
          false,
        );
        expect(
          await exceptions.changeException({ id: 'a', expected: { ...expected, status: 'resolved' }, change }),
        ).toBe(false);
        expect(await exceptions.changeException({ id: 'a', expected, change })).toBe(true);
        expect(await exceptions.findException('a')).toEqual(sampleException('a', { key, ...change, version: 2 }));
        expect(await exceptions.findOpenException(key)).toBeUndefined();
        const reopened = { status: 'open', resolvedAt: null, resolution: null, undo: null } as const;
        const resolved = { status: 'resolved', version: 2 } as const;
        expect(await exceptions.changeException({ id: 'a', expected: resolved, change: reopened })).toBe(true);
        expect(await exceptions.findOpenException(key)).toEqual(sampleException('a', { key, version: 3 }));
        expect(await exceptions.insertException(sampleException('c', { key }))).toBe(false);
      });
    });

    test('are listed oldest first, page by page, and by kind; what is resolved is left out', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ exceptions }) => {
        await exceptions.insertException(sampleException('b', { openedAt: noon + 2 }));
        await exceptions.insertException(sampleException('a', { openedAt: noon + 1, kind: 'payment_reversed' }));
        await exceptions.insertException(sampleException('c', { openedAt: noon + 2 }));
        await exceptions.insertException(sampleException('d', { status: 'resolved' }));
        const list = async (
          after: { openedAt: number; id: string } | null,
          kinds: readonly ['payment_underpaid'] | null = null,
        ) => idsOf(await exceptions.listOpenExceptions({ kinds, after, limit: 2 }));
        expect(await list(null)).toEqual(['a', 'b']);
        expect(await list({ openedAt: noon + 2, id: 'b' })).toEqual(['c']);
        expect(await list(null, ['payment_underpaid'])).toEqual(['b', 'c']);
      });
    });

    test('are found by their keys, open or not, the newest first, and by the refund that resolved them', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ exceptions }) => {
        const orderId = asOrderId('order-1');
        const refundId = asRefundId('refund-1');
        const resolved = { status: 'resolved', resolvedAt: noon, resolution: 'refund', undo: {} } as const;
        await exceptions.insertException(sampleException('a', { key: 'k', ...resolved, orderId, refundId }));
        await exceptions.insertException(sampleException('b', { key: 'k', openedAt: noon + 1 }));
        await exceptions.insertException(sampleException('c', { key: 'l' }));
        await exceptions.insertException(sampleException('d', { key: 'm' }));
        expect(idsOf(await exceptions.listExceptionsByKeys(['k', 'l', 'none']))).toEqual(['b', 'c', 'a']);
        expect(await exceptions.listExceptionsByKeys([])).toEqual([]);
        expect((await exceptions.findExceptionOfRefund({ orderId, refundId }))?.id).toBe('a');
        const other = { orderId, refundId: asRefundId('refund-2') };
        expect(await exceptions.findExceptionOfRefund(other)).toBeUndefined();
      });
    });

    test('of a provider are listed by kind, and those whose waiting is over, the longest over first', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ exceptions }) => {
        await exceptions.insertException(sampleException('a', { waitsUntil: noon + 2, provider: 'bitpay' }));
        await exceptions.insertException(sampleException('b', { waitsUntil: noon + 1, openedAt: noon + 1 }));
        await exceptions.insertException(sampleException('c', { waitsUntil: noon + 3, kind: 'payment_reversed' }));
        await exceptions.insertException(sampleException('d', { waitsUntil: noon, status: 'resolved' }));
        await exceptions.insertException(sampleException('e', { openedAt: noon - 1 }));
        const query = { provider: 'btcpay', kinds: ['payment_underpaid'], limit: 9 } as const;
        expect(idsOf(await exceptions.listOpenExceptionsOfProvider(query))).toEqual(['e', 'b']);
        expect(idsOf(await exceptions.listOpenExceptionsOfProvider({ ...query, limit: 1 }))).toEqual(['e']);
        expect(idsOf(await exceptions.listExceptionsToWake({ now: noon + 2, limit: 9 }))).toEqual(['b', 'a']);
        expect(idsOf(await exceptions.listExceptionsToWake({ now: noon + 2, limit: 1 }))).toEqual(['b']);
      });
    });

    test('are pruned once they have been resolved for long, at most so many; open ones stay', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ exceptions }) => {
        const resolved = (id: string, resolvedAt: number) =>
          sampleException(id, { status: 'resolved', openedAt: noon - 100, resolvedAt });
        await exceptions.insertException(resolved('a', noon - 50));
        await exceptions.insertException(resolved('b', noon - 40));
        await exceptions.insertException(resolved('c', noon));
        await exceptions.insertException(sampleException('d', { openedAt: noon - 100 }));
        const query = { before: noon - 10, limit: 1 };
        expect(await exceptions.pruneResolvedExceptions(query)).toBe(1);
        expect(await exceptions.pruneResolvedExceptions({ ...query, limit: 9 })).toBe(1);
        expect(await exceptions.findException('a')).toBeUndefined();
        expect(await exceptions.findException('b')).toBeUndefined();
        expect(await exceptions.findException('c')).toBeDefined();
        expect(await exceptions.findException('d')).toBeDefined();
      });
    });

    test('of an order are found, and all are counted by kind and provider with the age of the oldest', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ exceptions }) => {
        const orderId = asOrderId('order-1');
        await exceptions.insertException(sampleException('a', { orderId, openedAt: noon + 5 }));
        await exceptions.insertException(sampleException('b', { orderId, status: 'resolved' }));
        await exceptions.insertException(sampleException('c', { openedAt: noon + 1 }));
        await exceptions.insertException(sampleException('d', { kind: 'payment_unknown', provider: null }));
        expect(idsOf(await exceptions.listOpenExceptionsForOrder(orderId))).toEqual(['a']);
        expect(await exceptions.countOpenExceptions()).toEqual([
          { kind: 'payment_underpaid', provider: 'btcpay', count: 2, oldestAt: noon + 1 },
          { kind: 'payment_unknown', provider: null, count: 1, oldestAt: noon },
        ]);
      });
    });
  });
}
