/** A refusal in the Bot API's own words; the router turns it into `{ ok: false, error_code, description, parameters }`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly retryAfterSeconds: number | undefined;
  readonly movedTo: number | undefined;

  constructor(code: number, description: string, parameters: { retryAfterSeconds?: number; movedTo?: number } = {}) {
    super(description);
    this.code = code;
    this.retryAfterSeconds = parameters.retryAfterSeconds;
    this.movedTo = parameters.movedTo;
  }
}

/**
 * Telegram prefixes what its core library says and lowers the first letter, unless the second one shows an acronym or
 * an error constant (`BUTTON_DATA_INVALID`).
 */
export function badRequest(reason: string): ApiError {
  const keep = /^.[A-Z_]/.test(reason);
  return new ApiError(400, `Bad Request: ${keep ? reason : reason.charAt(0).toLowerCase() + reason.slice(1)}`);
}

export function forbidden(reason: string): ApiError {
  return new ApiError(403, `Forbidden: ${reason}`);
}

export function conflict(reason: string): ApiError {
  return new ApiError(409, `Conflict: ${reason}`);
}

export function tooManyRequests(retryAfterSeconds: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${retryAfterSeconds}`, { retryAfterSeconds });
}

/** A group that became a supergroup is known by its new id alone. */
export function upgraded(movedTo: number): ApiError {
  return new ApiError(400, 'Bad Request: group chat was upgraded to a supergroup chat', { movedTo });
}
