import { expect, test } from 'vitest';
import { failureWords } from '#payments/ports/failure-words.ts';
import { ProviderRateLimited, ProviderRejected, ProviderUnreachable } from '#payments/ports/provider-errors.ts';

const about = { provider: 'bitpay', operation: 'find_payment', code: null, httpStatus: null } as const;
const unreachable = (message: string, more: { code?: string; httpStatus?: number; wasAsked?: boolean } = {}) =>
  new ProviderUnreachable({ ...about, message: `find_payment: ${message}`, ...more });
const rejected = (message: string, more: { code?: string; httpStatus?: number } = {}) =>
  new ProviderRejected({ ...about, message: `find_payment: ${message}`, ...more });

test.each([
  [unreachable('ECONNRESET: read ECONNRESET'), 'the connection was cut (ECONNRESET)'],
  [unreachable('ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443'), 'nothing listens at its address (ECONNREFUSED)'],
  [unreachable('ENOTFOUND: getaddrinfo ENOTFOUND x.test', { code: 'ENOTFOUND' }), 'its name is not known (ENOTFOUND)'],
  [unreachable('EAI_AGAIN: getaddrinfo'), 'its name could not be looked up (EAI_AGAIN)'],
  [
    unreachable('CERT_HAS_EXPIRED: certificate has expired'),
    'its certificate or encryption is not accepted (CERT_HAS_EXPIRED)',
  ],
  [unreachable('EWHATEVER: what'), 'the connection failed (EWHATEVER)'],
  [unreachable('no answer within 15000 ms'), 'no answer came in time (15000 ms)'],
  [unreachable('no answer within its turn'), 'no answer came in time'],
  [unreachable('HTTP 503', { httpStatus: 503 }), 'it has an error of its own (HTTP 503)'],
  [unreachable('timed out', { httpStatus: 500, code: '4200' }), 'timed out (4200)'],
  [unreachable('the answer is not JSON', { httpStatus: 200 }), 'the answer is not JSON (HTTP 200)'],
  [
    unreachable('not asked, because the last calls all failed', { wasAsked: false }),
    'not asked, because the last calls all failed',
  ],
  [rejected('Amount too small', { httpStatus: 400, code: '040107' }), 'Amount too small (040107)'],
  [rejected('HTTP 401', { httpStatus: 401 }), 'it does not accept our key (HTTP 401)'],
  [rejected('HTTP 404', { httpStatus: 404 }), 'it does not know this (HTTP 404)'],
  [rejected('410', { httpStatus: 410 }), 'this is gone (HTTP 410)'],
  [rejected('HTTP 422', { httpStatus: 422 }), 'it refused (HTTP 422)'],
  [rejected('invoice-not-found', { httpStatus: 404, code: 'invoice-not-found' }), 'invoice-not-found'],
  [
    new ProviderRateLimited({ ...about, httpStatus: 429, message: 'find_payment: HTTP 429', retryAfterMs: null }),
    'it asks us to wait (HTTP 429)',
  ],
])('%s is told in plain words, with the code in brackets', (error, words) => {
  expect(failureWords(error)).toBe(words);
});
