// BTCPay: Errors. 422 is an array of faults, everything else one object.

export class BtcPayError extends Error {
  override readonly name = 'BtcPayError';
  readonly status: 400 | 401 | 403 | 404 | 409 | 422;
  readonly body: string;

  constructor(status: BtcPayError['status'], body: object) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = JSON.stringify(body);
  }
}

export function apiError(status: BtcPayError['status'], code: string, message: string): BtcPayError {
  return new BtcPayError(status, { code, message });
}

export function invalidField(path: string, message: string): BtcPayError {
  return new BtcPayError(422, [{ path, message }]);
}

export function missingPermission(permission: string): BtcPayError {
  return new BtcPayError(403, {
    code: 'missing-permission',
    message: `Insufficient API Permissions. Please use an API key with permission "${permission}". You can create an API key in your account's settings / Api Keys.`,
    missingPermission: permission,
  });
}

export function failureBody(status: 500 | 503 | 429): string {
  if (status === 503) return JSON.stringify({ code: 'not-synched', message: 'The node is not fully synched' });
  return JSON.stringify({ code: 'generic-error', message: status === 429 ? 'Too many requests' : 'Internal error' });
}
