import type { Milliseconds } from '#kernel/clock.ts';

/** Rejects with `late()` when the work takes longer than `ms`. The work itself is not stopped. */
export async function withDeadline<Result>(
  work: Promise<Result>,
  limit: { ms: Milliseconds; late: () => Error },
): Promise<Result> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(limit.late()), limit.ms);
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
