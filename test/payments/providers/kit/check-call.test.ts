import { expect, test } from 'vitest';
import { ProviderRateLimited, ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import { failedCheck } from '#payments/providers/kit/check-call.ts';

const advice = { address: 'BTCPAY_URL', unauthorized: 'make another key' };
const call = { provider: 'btcpay', operation: 'get_store', httpStatus: null, code: null } as const;

test('a check whose call failed says why in plain words, with the code in brackets', () => {
  const cut = new ProviderUnreachable({ ...call, message: 'get_store: ECONNRESET: read ECONNRESET' });
  expect(failedCheck('key', { ...advice, error: cut }).detail).toBe(
    'does not answer as it should: the connection was cut (ECONNRESET)',
  );
  const busy = new ProviderRateLimited({ ...call, message: 'get_store: 429', httpStatus: 429, retryAfterMs: null });
  expect(failedCheck('key', { ...advice, error: busy }).detail).toBe('it asks us to wait (HTTP 429)');
});
