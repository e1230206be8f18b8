// Closes the days that are over, oldest first. While a provider does not answer, the day stays open, and with it those
// behind it, because each closing follows from the one before. What is not known is never stored as a number.
import { day, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { type ProviderName, providerNames, providerTitle } from '#kernel/provider-name.ts';
import { failureWords } from '#payments/ports/failure-words.ts';
import type { ProviderRegistry } from '#payments/ports/payment-provider.ts';
import { ProviderError } from '#payments/ports/provider-errors.ts';
import { readContent } from '../ledger/chain.ts';
import type { ClosingDelay } from '../ledger/closing.ts';
import type { AccountingDeps, AccountingStores } from '../ledger/deps.ts';
import { findNextDay, type NextDay } from '../ledger/due-day.ts';
import { type FetchedDay, fetchDay, unknownDay } from './fetch-day.ts';
import { writeClosing } from './write-closing.ts';

/**
 * A provider that did not answer for so long is stored as unknown, so that a decommissioned one does not stop the daily
 * close.
 */
const waitMaxMs: Milliseconds = 7 * day;

const refundsMax = 1_000;

export interface DueDaysClosed {
  closed: number;
  unexplained: number;
  /** 1 while a day is due and cannot be closed. */
  waiting: number;
}

export async function closeDueDays(
  deps: AccountingDeps,
  input: { timeZone: string; daysMax: number; signal?: AbortSignal },
): Promise<DueDaysClosed> {
  const result: DueDaysClosed = { closed: 0, unexplained: 0, waiting: 0 };
  for (let turn = 0; turn < input.daysMax && !input.signal?.aborted; turn += 1) {
    const now = deps.clock.now();
    const next = await deps.database.read((stores) => findNextDay(stores, { now, timeZone: input.timeZone }));
    if (next === undefined || now < next.dueAt) return result;
    const outcome = await closeOne(deps, { ...input, next });
    if (outcome.kind === 'waiting') return { ...result, waiting: 1 };
    if (outcome.kind === 'overtaken') return result;
    result.closed += 1;
    result.unexplained += outcome.unexplained;
  }
  return result;
}

type Outcome = { kind: 'closed'; unexplained: number } | { kind: 'waiting' } | { kind: 'overtaken' };

async function closeOne(
  deps: AccountingDeps,
  input: { next: NextDay; timeZone: string; signal?: AbortSignal },
): Promise<Outcome> {
  const { next, timeZone } = input;
  const delay = await deps.database.read((stores) => stores.ledger.findDelay(next.day));
  const fetched: FetchedDay[] = [];
  for (const provider of await providersOf(deps, next)) {
    const known = await fetchOrWait(deps, { ...input, provider, delay });
    if (known === undefined) return { kind: 'waiting' };
    fetched.push(known);
  }
  const written = await writeClosing(deps, { next, timeZone, fetched, delay });
  if (written.kind === 'overtaken') return written;
  const { number, hash } = written.closing;
  deps.log.info('day closed', { number, day: next.day, unexplained: written.unexplained, hash: hash.slice(0, 12) });
  return { kind: 'closed', unexplained: written.unexplained };
}

/** Providers that are configured, and others that had payments on the day. */
async function providersOf(
  deps: { database: Database<AccountingStores>; providers: ProviderRegistry },
  next: NextDay,
): Promise<ProviderName[]> {
  const names = new Set<ProviderName>(deps.providers.list().map(({ name }) => name));
  for (const provider of providerNames) {
    if (names.has(provider)) continue;
    const window = { provider, from: next.from, to: next.to, after: null, limit: 1 };
    const made = await deps.database.read((stores) => stores.payments.listPaymentsMadeBetween(window));
    if (made.length > 0) names.add(provider);
  }
  return [...names].sort();
}

/** Undefined when the provider does not answer and the day has to wait; the try is recorded. */
async function fetchOrWait(
  deps: AccountingDeps,
  input: { next: NextDay; provider: ProviderName; delay: ClosingDelay | undefined; signal?: AbortSignal },
): Promise<FetchedDay | undefined> {
  const { next, provider, delay, signal } = input;
  if (isRetired(deps, provider)) {
    const why = `${providerTitle(provider)} is decommissioned and not called any more.`;
    return { ...unknownDay(provider, why), isGivenUp: true };
  }
  const window = { provider, from: next.from, to: next.to };
  const refunds = await deps.database.read((stores) =>
    stores.refunds.listRefundsSucceededBetween({ ...window, limit: refundsMax }),
  );
  try {
    return await fetchDay(deps, { window, refunds, signal });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const reason = `${providerTitle(provider)} did not answer: ${failureWords(error)}`;
    const at = deps.clock.now();
    if (wasGivenUp(next, provider) || (delay !== undefined && at - delay.since > waitMaxMs)) {
      return { ...unknownDay(provider, reason), isGivenUp: true };
    }
    await deps.database.transaction((stores) => stores.ledger.noteDelay({ day: next.day, reason, at }));
    deps.log.warn('day not closed', { day: next.day, provider, reason: error.message });
    return undefined;
  }
}

function isRetired(deps: { providers: ProviderRegistry }, provider: ProviderName): boolean {
  return (deps.providers.health(provider)?.retiredAt ?? null) !== null;
}

/** A provider that the last closing did not wait for any longer is not waited for again until it answers. */
function wasGivenUp({ previous }: NextDay, provider: ProviderName): boolean {
  const content = previous && readContent(previous);
  return content?.providers.some((book) => book.provider === provider && book.isGivenUp) ?? false;
}
