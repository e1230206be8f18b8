import type { Random } from '#kernel/ids.ts';
import { ProviderRateLimited, ProviderUnreachable } from '../../ports/provider-errors.ts';
import { fullJitter, type HttpPolicy } from '../http/policy.ts';
import type { ProviderTools } from './provider-definition.ts';

/**
 * Carries out a command that has no idempotency key: it searches for the result first, and acts only if there is none; after
 * a lost answer it searches again before it acts again. Gives up with the last error after `attemptsMax` rounds or
 * `totalMs`. A command that the provider executes only after the search cannot be seen; nothing but a key could show it.
 */
export async function findOrCreate<T>(
  deps: Pick<ProviderTools, 'clock' | 'random' | 'policy'>,
  steps: { find(): Promise<T | undefined>; act(): Promise<T>; signal?: AbortSignal | undefined },
): Promise<T> {
  const { clock, policy } = deps;
  const startedAt = clock.elapsed();
  for (let attempt = 1; ; attempt += 1) {
    const found = await steps.find();
    if (found !== undefined) return found;
    try {
      return await steps.act();
    } catch (error) {
      const waitMs = waitAfter(error, { deps, attempt });
      const wouldEndAt = clock.elapsed() + (waitMs ?? 0);
      if (waitMs === undefined || attempt >= policy.attemptsMax || wouldEndAt - startedAt >= policy.totalMs)
        throw error;
      await clock.pause(waitMs, steps.signal);
      if (steps.signal?.aborted) throw error;
    }
  }
}

/** Undefined when another attempt is of no use. */
function waitAfter(error: unknown, about: { deps: { random: Random; policy: HttpPolicy }; attempt: number }) {
  const { random, policy } = about.deps;
  const jitter = fullJitter(policy, { attempt: about.attempt, random });
  // A call that the open breaker held back would be held back a moment later as well.
  if (error instanceof ProviderUnreachable) return error.wasAsked ? jitter : undefined;
  if (!(error instanceof ProviderRateLimited)) return undefined;
  const retryAfterMs = error.retryAfterMs ?? 0;
  return retryAfterMs > policy.retryAfterMaxMs ? undefined : Math.max(retryAfterMs, jitter);
}
