// NOWPayments: Errors. One shape for all of them.

export class NowPaymentsError extends Error {
  override readonly name = 'NowPaymentsError';
  readonly status: 400 | 401 | 403 | 404;
  readonly code: string;

  constructor(status: NowPaymentsError['status'], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function errorBody(statusCode: number, code: string, message: string): string {
  return JSON.stringify({ status: false, statusCode, code, message });
}

export function badRequest(message: string): NowPaymentsError {
  return new NowPaymentsError(400, 'BAD_REQUEST', message);
}

export function failureBody(status: 500 | 503 | 429): string {
  if (status === 429) return errorBody(429, 'TOO_MANY_REQUESTS', 'Too many requests');
  return errorBody(status, 'INTERNAL_ERROR', 'Internal server error');
}
