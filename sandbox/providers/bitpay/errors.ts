// BitPay: Errors. Three shapes of body are in use, and so there are three here.

export class BitPayError extends Error {
  override readonly name = 'BitPayError';
  readonly status: 400 | 401 | 404 | 429 | 500 | 503;
  readonly body: string;

  constructor(status: BitPayError['status'], body: object) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = JSON.stringify(body);
  }
}

/** Code: two digits for the method, two for the resource, two for the error. */
export function codedError(status: BitPayError['status'], code: string, error: string): BitPayError {
  return new BitPayError(status, { status: 'error', code, data: null, error, message: error });
}

export function invalidParameter(param: string, error: string): BitPayError {
  return new BitPayError(400, { errors: [{ error, param }] });
}

export function plainError(status: BitPayError['status'], error: string): BitPayError {
  return new BitPayError(status, { error });
}

export function failureBody(status: 500 | 503 | 429): string {
  if (status === 429) return JSON.stringify({ error: 'Rate limited' });
  return codedError(status, '000000', 'An unexpected error occurred').body;
}
