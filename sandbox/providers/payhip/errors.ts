// Payhip publishes no form of errors; this one is like its kind.

export class PayhipError extends Error {
  override readonly name = 'PayhipError';
  readonly status: 400 | 401 | 404 | 422;

  constructor(status: PayhipError['status'], message: string) {
    super(message);
    this.status = status;
  }

  get body(): string {
    return JSON.stringify({ error: true, message: this.message });
  }
}

export function failureBody(status: 500 | 503 | 429): string {
  return JSON.stringify({ error: true, message: status === 429 ? 'Too Many Attempts.' : 'Server Error' });
}
