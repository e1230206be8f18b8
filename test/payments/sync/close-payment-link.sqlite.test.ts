import { afterEach, expect, test } from 'vitest';
import { systemActor } from '#kernel/actor.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { closeOpenLinks } from '#payments/collect/cancel-order.ts';
import { createCancelHandler } from '#payments/sync/close-payment-link.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, detailsOf, placeTestOrder } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
afterEach(() => opened.remove());

test('a link that its provider does not close now is put back, in plain words, and closed later', async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  const providers = createScriptedProviders(['btcpay'], made.clock);
  const deps = { ...made, providers };
  const paymentId = await placeTestOrder(deps, { reference: asProviderReference('link') });
  providers.shows('link', { paymentId });
  const handler = createCancelHandler(deps);
  const { order, payment } = await detailsOf(deps, paymentId);
  await inTransaction(deps, causeOf(systemActor), (tx) => closeOpenLinks(tx, { order, payments: [payment] }));
  const now = deps.clock.now();
  const request = { lane: 'provider', now, lockedUntil: now, lockedBy: 'test', limit: 1, suspectedPoison: false };
  const messages = await opened.database.transaction(({ outbox }) => outbox.claimDue(request));
  const close = () => Promise.all(messages.map((each) => handler.deliver(each, new AbortController().signal)));
  providers.isSilentAbout('link', true);
  expect(await close()).toEqual([{ kind: 'retry', error: 'no answer came in time (15000 ms)', retryAfterMs: null }]);
  providers.isSilentAbout('link', false);
  providers.saysOddly('link', 'status "Frozen"');
  expect(await close()).toMatchObject([{ error: 'its answer is not understood: status "Frozen"' }]);
  providers.saysOddly('link', undefined);
  expect(await close()).toEqual([{ kind: 'done', outcome: 'unchanged' }]);
});
