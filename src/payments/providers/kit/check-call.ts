import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { failureWords } from '../../ports/failure-words.ts';
import {
  ProviderError,
  ProviderNotUnderstood,
  ProviderRateLimited,
  ProviderUnreachable,
} from '../../ports/provider-errors.ts';

interface Advice {
  /** The setting that holds the address. */
  address: string;
  /** What to do when the key is not taken. */
  unauthorized: string;
  /** What to do when the key may not do this. */
  forbidden?: string;
  /** What to do about any other refusal. */
  refused?: string;
}

/** A check that is ok as soon as the call is answered. */
export async function checkCall(
  name: string,
  about: Advice & { call(): Promise<unknown>; ok: string },
): Promise<SetUpCheck> {
  try {
    await about.call();
    return okCheck(name, about.ok);
  } catch (error) {
    return failedCheck(name, { ...about, error });
  }
}

/** How a call that failed reads as a check. What no provider did is thrown on. */
export function failedCheck(name: string, failure: Advice & { error: unknown }): SetUpCheck {
  const { error, address, unauthorized, forbidden = unauthorized, refused = unauthorized } = failure;
  if (!(error instanceof ProviderError)) throw error;
  const words = failureWords(error);
  if (error instanceof ProviderRateLimited) {
    return warningCheck(name, { detail: words, advice: 'wait a minute and check again' });
  }
  if (error instanceof ProviderUnreachable) {
    const advice = `check that ${address} is right and that this machine reaches it; or the provider itself is down`;
    return errorCheck(name, { detail: `does not answer as it should: ${words}`, advice });
  }
  if (error instanceof ProviderNotUnderstood) {
    const advice = `check that ${address} is right; or this version does not know what the provider says today`;
    return errorCheck(name, { detail: words, advice });
  }
  const detail = `is refused: ${words}`;
  if (error.httpStatus === 401) return errorCheck(name, { detail, advice: unauthorized });
  return errorCheck(name, { detail, advice: error.httpStatus === 403 ? forbidden : refused });
}
