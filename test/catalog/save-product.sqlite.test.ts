import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ProductDraft, saveProduct } from '#catalog/save-product.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
});
afterEach(() => opened.remove());

const actor = { kind: 'admin', id: '42' } as const;
const draft: ProductDraft = {
  sku: 'GUIDE',
  name: 'Field Guide',
  amountMinor: 900,
  currency: 'USD',
  channel: 'payhip',
  channelKey: 'RGsF',
};
const audit = () => opened.database.read((stores) => stores.audit.listAudit({ subject: 'product:GUIDE', limit: 9 }));

describe('a product that an admin changes by hand', () => {
  test('leaves an audit row with what it was and what it became', async () => {
    await saveProduct(deps, { draft, expectedVersion: null, actor });
    deps.clock.advance(1);
    const change = { ...draft, amountMinor: 1200, name: 'Field Guide, 2nd edition' };
    expect(await saveProduct(deps, { draft: change, expectedVersion: 1, actor })).toMatchObject({ kind: 'changed' });
    const was = { name: 'Field Guide', price: '9.00 USD', channel: 'payhip', channelKey: 'RGsF' };
    const is = { ...was, name: 'Field Guide, 2nd edition', price: '12.00 USD' };
    expect(await audit()).toMatchObject([
      { action: 'product.change', actorKind: 'admin', actorId: '42', details: { ...is, before: was } },
      { action: 'product.add', details: { ...was, before: null } },
    ]);
  });

  test('and that somebody else has changed since leaves neither a change nor a row', async () => {
    await saveProduct(deps, { draft, expectedVersion: null, actor });
    expect(await saveProduct(deps, { draft, expectedVersion: 7, actor })).toEqual({ kind: 'conflict' });
    expect(await saveProduct(deps, { draft, expectedVersion: null, actor })).toEqual({ kind: 'conflict' });
    expect((await audit()).map(({ action }) => action)).toEqual(['product.add']);
  });

  test.each(['', '  ', '\u200B', 'x'.repeat(101)])('is refused with the name %j', async (name) => {
    const saved = await saveProduct(deps, { draft: { ...draft, name }, expectedVersion: null, actor });
    expect(saved).toEqual({ kind: 'refused', fault: { code: 'name_length', unitsMax: 100 } });
    expect(await audit()).toEqual([]);
  });
});
