// Whoever has seen one event of a channel can forge a thousand. The first cases of a kind within an hour have a card each;
// what follows is one card that is kept up to date, so that a genuine one is neither lost among cards nor waits behind them.
import type { CaseKind } from '#cases/case.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

/** As many as an admin reads one by one. */
const cardsMax = 10;
const cardsWithinMs: Milliseconds = hour;
/** The card about refunds ends when no more were reported for so long: each waits for its order by itself. */
const refundsQuietMs: Milliseconds = day;

/** Whether the next case of this kind has a card of its own. */
export async function hasOwnCard(tx: PaymentTx, about: { provider: ProviderName; kind: CaseKind }): Promise<boolean> {
  const { provider, kind } = about;
  const after = { openedAt: tx.clock.now() - cardsWithinMs, id: '' };
  const recent = { provider, kinds: [kind], rings: true, after, limit: cardsMax } as const;
  return (await tx.stores.cases.listCasesOfProvider(recent)).length < cardsMax;
}

export type Together =
  | { what: 'orders' }
  | { what: 'refunds' }
  /** Orders beyond what counts without review; `why` says how much that is. */
  | { what: 'limit'; why: string }
  /** Orders that an export has brought. */
  | { what: 'export'; count: number };

/** Raises the one case for all that have no card of their own. */
export async function raiseTogether(tx: PaymentTx, about: { provider: ProviderName } & Together): Promise<void> {
  const { provider, what } = about;
  await raiseCase(tx, {
    key: keyOf(provider, what),
    kind: what === 'refunds' ? 'channel_refunds_waiting' : 'channel_orders_held',
    severity: what === 'limit' ? 'critical' : 'warning',
    isPaced: true,
    provider,
    actions: what === 'refunds' ? [] : ['exceptions'],
    facts: { ...wordsOf(about), trust: 'token' },
  });
}

function keyOf(provider: ProviderName, what: Together['what']): string {
  return what === 'refunds' ? `channel_refunds_waiting:${provider}` : `channel_orders_held:${provider}:${what}`;
}

const oneByOne = `More than ${cardsMax} within an hour: the rest has no card of its own.`;
const decide = 'Each is held until somebody accepts or rejects it: /exceptions lists them.';

function wordsOf(about: { provider: ProviderName } & Together): { headline: string; detail: string; why: string } {
  const title = providerTitle(about.provider);
  switch (about.what) {
    case 'orders':
      return { headline: `Many orders on ${title} are held for review`, detail: decide, why: oneByOne };
    case 'refunds': {
      const detail = `None is lost: each is recorded when its order is received. Import ${title}'s CSV export to compare.`;
      return { headline: `${title} reports many refunds that fit no order here`, detail, why: oneByOne };
    }
    case 'limit':
      return { headline: `More orders on ${title} than count without review`, detail: decide, why: about.why };
    case 'export': {
      const why = `${title}'s export has them, and no webhook was received.`;
      return { headline: `${about.count} orders of ${title}'s export are held for review`, detail: decide, why };
    }
    default:
      return about satisfies never;
  }
}

/** The keys of all such cards. */
export function togetherKeys(provider: ProviderName): string[] {
  return (['refunds', 'orders', 'limit', 'export'] as const).map((what) => keyOf(provider, what));
}

/** Ends the cards that are over: the last of the orders was decided, or no more refunds came for a day. */
export async function endTogether(tx: PaymentTx, provider: ProviderName): Promise<void> {
  for (const { key, kind, lastRaisedAt } of await tx.stores.cases.listLiveCasesByKeys(togetherKeys(provider))) {
    if (kind === 'channel_refunds_waiting') {
      if (tx.clock.now() - lastRaisedAt < refundsQuietMs) continue;
      await resolveCase(tx, { key, by: 'None was reported for a day.' });
    } else {
      const kinds = ['payment_held'] as const;
      const held = await tx.stores.cases.listLiveCasesOfProvider({ provider, kinds, limit: 1 });
      if (held.length === 0) await resolveCase(tx, { key, by: 'Each of the orders was decided.' });
    }
  }
}
