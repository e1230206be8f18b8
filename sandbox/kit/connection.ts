// How a call reaches a simulator, and how it can fail on the way back: over a socket, or within the process.

/** The connection of one call, as far as a fault can do something to it. */
export interface Connection {
  /** Path and query as the client wrote them; default: those of the request's address. */
  readonly target?: string | undefined;
  /** Ends when the client has given up; undefined for one that never does. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the call as a reset connection does. What it gives is only for the simulator to return. */
  cut(): Response;
  /** Resolves when the client has given up; no answer reaches it. */
  hold(): Promise<Response>;
}

/** Takes a call as a server does. */
export type TakeCall = (request: Request, connection: Connection) => Promise<Response>;

/** A call was cut off before its answer. `code` is that of the system's own error. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset';
  readonly code = 'ECONNRESET';
}

/**
 * Calls within the process: rejects with `ConnectionReset` when the call is cut off, and with the reason of `signal` when
 * the caller gives up. Without a signal, a call that is held waits for ever.
 */
export function callInProcess(
  take: TakeCall,
  { request, signal }: { request: Request; signal?: AbortSignal | undefined },
): Promise<Response> {
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    const connection: Connection = {
      signal,
      cut() {
        reject(new ConnectionReset('the connection was reset'));
        return new Response();
      },
      hold: () =>
        new Promise((release) => {
          if (signal?.aborted === true) return release(new Response());
          signal?.addEventListener('abort', () => release(new Response()), { once: true });
        }),
    };
    take(request, connection).then(resolve, reject);
  });
}
