import { setTimeout as delay } from 'node:timers/promises';

/** Far above what anything in an app takes, and below a test's own limit. */
const waitMs = 15_000;
const lookEveryMs = 20;

export interface Waiting {
  what: string;
  instead?: (() => unknown) | undefined;
  timeoutMs?: number | undefined;
  /** Done after each look that found nothing: what the product does by the clock, or the clock itself. */
  meanwhile?: (() => unknown) | undefined;
}

/** Looks until `find` gives something; a wait that runs out throws and says what was there instead. */
export async function awaitFound<Found>(
  find: () => Promise<Found | undefined> | Found | undefined,
  about: Waiting,
): Promise<Found> {
  const timeoutMs = about.timeoutMs ?? waitMs;
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > endsAt) {
      const instead = about.instead === undefined ? '' : `; instead: ${JSON.stringify(about.instead())}`;
      throw new Error(`waited ${timeoutMs} ms for ${about.what}${instead}`);
    }
    await about.meanwhile?.();
    await delay(lookEveryMs);
  }
}

export async function awaitUntil(isSo: () => boolean | Promise<boolean>, about: Waiting): Promise<void> {
  await awaitFound(async () => ((await isSo()) ? true : undefined), about);
}
