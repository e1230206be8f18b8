// HTTP without sockets: a request reaches its host after a while, and so does the answer, unless the connection is cut, nobody
// answers, or one of the two sides is gone.
import type { Milliseconds } from '#kernel/clock.ts';
import type { Connection } from '#sandbox/kit/connection.ts';
import type { Stream } from '../engine/random.ts';
import type { Timeline } from '../engine/timeline.ts';

export interface HttpRequest {
  method: string;
  url: string;
  headers: Headers;
  body: Uint8Array | string | undefined;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: Uint8Array;
}

export type Host = (request: Request, connection: Connection) => Response | Promise<Response>;

export class NetworkFailure extends Error {
  override readonly name = 'NetworkFailure';
  readonly code: string;
  constructor(code: 'ECONNRESET' | 'ECONNREFUSED' | 'ENOTFOUND') {
    super(code);
    this.code = code;
  }
}

export interface Network {
  /** `host:port`; undefined takes the host off the network. */
  listen(address: string, host: Host | undefined): void;
  /** All ways take up to so much longer. */
  setSlow(upToMs: Milliseconds): void;
  isSlow(): boolean;
  /** Rejects with NetworkFailure, or with the signal's reason. */
  call(request: HttpRequest, signal?: AbortSignal | null): Promise<HttpAnswer>;
}

export function createNetwork(deps: {
  timeline: Timeline;
  chance: Stream;
  /** How long a request or its answer is on its way. */
  delayMs(request: HttpRequest): Milliseconds;
}): Network {
  const { timeline, chance } = deps;
  const hosts = new Map<string, Host>();
  let slowMs = 0;
  const delayMs = (request: HttpRequest): Milliseconds => deps.delayMs(request) + (slowMs > 0 ? chance.int(slowMs) : 0);

  async function answer(request: HttpRequest): Promise<HttpAnswer> {
    const host = hosts.get(new URL(request.url).host);
    if (host === undefined) throw new NetworkFailure('ECONNREFUSED');
    const cut = Promise.withResolvers<never>();
    const connection: Connection = {
      cut() {
        cut.reject(new NetworkFailure('ECONNRESET'));
        return new Response(null);
      },
      hold: () => new Promise(() => undefined),
    };
    const work = async (): Promise<HttpAnswer> => {
      const { method, headers, body } = request;
      const response = await host(
        new Request(request.url, { method, headers, body: body === undefined ? null : Buffer.from(body) }),
        connection,
      );
      const bytes = new Uint8Array(await response.arrayBuffer());
      // A cut or held connection answers nothing, whatever its handler returned.
      return { status: response.status, headers: response.headers, body: bytes };
    };
    return Promise.race([cut.promise, work()]);
  }

  return {
    listen(address, host) {
      if (host === undefined) hosts.delete(address);
      else hosts.set(address, host);
    },
    setSlow(upToMs) {
      slowMs = upToMs;
    },
    isSlow: () => slowMs > 0,
    call(request, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
      if (signal?.aborted) return Promise.reject(signal.reason);
      const giveUp = (): void => reject(signal?.reason);
      signal?.addEventListener('abort', giveUp, { once: true });
      const arrive = (settle: () => void): void => {
        timeline.after(delayMs(request), () => {
          signal?.removeEventListener('abort', giveUp);
          settle();
        });
      };
      timeline.after(delayMs(request), () => {
        answer(request).then(
          (found) => arrive(() => resolve(found)),
          (error: unknown) => arrive(() => reject(error)),
        );
      });
      return promise;
    },
  };
}
