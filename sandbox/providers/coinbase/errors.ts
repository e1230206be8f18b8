import { randomHex } from '../ids.ts';

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

export function errorBody(type: string, message: string): string {
  return JSON.stringify({
    errorType: type,
    errorMessage: message,
    correlationId: `${randomHex(8)}-LOC`,
    errorLink: `https://docs.cdp.coinbase.com/api-reference/v2/errors#${type.replaceAll('_', '-')}`,
  });
}

export function failureBody(status: 500 | 503 | 429): string {
  if (status === 429) return errorBody('rate_limit_exceeded', 'Rate limit exceeded.');
  if (status === 503) return errorBody('service_unavailable', 'The service is unavailable.');
  return errorBody('internal_server_error', 'An internal server error occurred.');
}
