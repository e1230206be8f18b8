// What an admin reads of a call to a provider that failed: plain words, and the code in brackets. The error's own message is
// for the log.
import { networkWords } from '#kernel/text.ts';
import {
  type ProviderError,
  ProviderNotUnderstood,
  ProviderRateLimited,
  ProviderRejected,
  ProviderUnreachable,
} from './provider-errors.ts';

/** Without a full stop: `the connection was cut (ECONNRESET)`, `Amount too small (040107)`. */
export function failureWords(error: ProviderError): string {
  const said = error.message.startsWith(`${error.operation}: `)
    ? error.message.slice(error.operation.length + 2)
    : error.message;
  if (error instanceof ProviderNotUnderstood) return `its answer is not understood: ${error.what}`;
  if (error instanceof ProviderRateLimited) return inBrackets('it asks us to wait', codeOf(error));
  const timeout = /^no answer within (.+)$/.exec(said)?.[1];
  if (timeout !== undefined) return inBrackets('no answer came in time', timeout === 'its turn' ? null : timeout);
  const network = /^([A-Z][A-Z0-9_]{3,})(?:: |$)/.exec(said)?.[1];
  if (network !== undefined && error.httpStatus === null) {
    return inBrackets(networkWords(network), network);
  }
  const isWordless = /^(?:HTTP )?\d{3}$/.test(said);
  return inBrackets(isWordless ? wordsOfStatus(error) : said, codeOf(error));
}

function wordsOfStatus(error: ProviderError): string {
  const { httpStatus } = error;
  if (httpStatus === 401 || httpStatus === 403) return 'it does not accept our key';
  if (httpStatus === 410) return 'this is gone';
  if (httpStatus === 404) return 'it does not know this';
  if (error instanceof ProviderRejected) return 'it refused';
  return error instanceof ProviderUnreachable ? 'it has an error of its own' : 'it failed';
}

/** The provider's own code goes before that of HTTP. */
function codeOf({ code, httpStatus }: ProviderError): string | null {
  return code ?? (httpStatus === null ? null : `HTTP ${httpStatus}`);
}

function inBrackets(words: string, code: string | null): string {
  return code === null || words.includes(code) ? words : `${words} (${code})`;
}
