import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

test.each(providersThat('canCreate', 'canFetch'))(
  '%s: a status that nobody knows holds up one payment, rings once, and no order is refused for it',
  async (provider) => {
    await using app = await openAppFixture({ providerPolicy: { breakerFailuresMax: 2 } });
    const odd = await app.placeOrder({ provider });
    const [oddity] = cases[provider].oddities;
    if (oddity === undefined) throw new Error('there is nothing odd');
    const reference = app.sandbox.records(provider)[0]?.reference;
    const spoil = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (cases[provider].idsIn(value).includes(reference)) Reflect.set(value, oddity.field, oddity.value);
      for (const inner of Object.values(value)) spoil(inner);
    };
    app.sandbox.reword(provider, spoil);
    await app.visit(odd, 'pay');
    await app.sandbox.settle();
    const card = await app.awaitCard(({ text }) => text.includes('is not understood'));
    expect(card.text).toContain(`says ${oddity.field}`);
    await app.runJob('watch-providers');
    await app.runJob('reconcile');
    for (let count = 0; count < 3; count += 1) {
      app.clock.move(minute);
      await app.runJob('poll-payments');
    }
    const other = await app.placeOrder({ provider });
    await app.visit(other, 'pay');
    await app.awaitOrder(other.id, ({ status }) => status === 'paid');
    expect((await app.getOrder(odd.id)).status).toBe('awaiting_payment');
    expect((await app.send('/readyz')).text).toContain(`"provider ${provider}","ok":true`);
    expect(app.pagerMessages().filter(({ text }) => text.includes('is not understood'))).toHaveLength(1);
    expect(app.pagerMessages().filter(({ text }) => text.includes('does not answer'))).toEqual([]);

    app.sandbox.reword(provider, undefined);
    app.clock.move(minute);
    await app.runJob('poll-payments');
    await app.awaitOrder(odd.id, ({ status }) => status === 'paid');
    await awaitUntil(() => app.pagerText(card.messageId).includes('understood again'), { what: 'the end of the case' });
  },
);
