import { setTimeout as delay } from 'node:timers/promises';

/** Far above what anything in an app takes, and below a test's own limit. */
const waitMs = 25_000;
const attemptEveryMs = 20;

export interface Waiting {
  what: string;
  instead?: (() => unknown) | undefined;
  timeoutMs?: number | undefined;
  /** Done after each attempt that found nothing: a job of the product, or a move of the clock. */
  meanwhile?: (() => unknown) | undefined;
}

/** Repeats `find` until it returns something; a wait that times out throws and shows what was found instead. */
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
    await delay(attemptEveryMs);
  }
}

export async function awaitUntil(isSo: () => boolean | Promise<boolean>, about: Waiting): Promise<void> {
  await awaitFound(async () => ((await isSo()) ? true : undefined), about);
}
