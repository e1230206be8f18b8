import type { RandomIds } from '../ids.ts';

/** A refusal in the words of the API. `type` is one of the documented `errorType`s. */
export class CoinbaseError extends Error {
  override readonly name = 'CoinbaseError';
  readonly status: 400 | 401 | 404 | 422;
  readonly type: string;

  constructor(status: CoinbaseError['status'], type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export function invalidRequest(message: string): CoinbaseError {
  return new CoinbaseError(400, 'invalid_request', message);
}

export function errorBody(fault: { type: string; message: string }, ids: RandomIds): string {
  return JSON.stringify({
    errorType: fault.type,
    errorMessage: fault.message,
    correlationId: `${ids.hex(8)}-LOC`,
    errorLink: `https://docs.cdp.coinbase.com/api-reference/v2/errors#${fault.type.replaceAll('_', '-')}`,
  });
}

const failures = {
  429: { type: 'rate_limit_exceeded', message: 'Rate limit exceeded.' },
  503: { type: 'service_unavailable', message: 'The service is unavailable.' },
  500: { type: 'internal_server_error', message: 'An internal server error occurred.' },
} as const;

export function failureBody(status: 500 | 503 | 429, ids: RandomIds): string {
  return errorBody(failures[status], ids);
}
