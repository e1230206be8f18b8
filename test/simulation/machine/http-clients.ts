// The simulated network as the product's port has it, for providers and shop, and as the clients of its libraries: fetch for the
// checks, and node-fetch, which both Telegram libraries bring.
import { type HttpAnswer as Answer, type HttpClient, HttpFailure } from '#network/http-client.ts';
import type { HttpAnswer, HttpRequest } from './network.ts';
import { NetworkFailure } from './network.ts';

type Call = (request: HttpRequest, signal?: AbortSignal | null) => Promise<HttpAnswer>;

export function createSimulatedHttpClient(call: Call): HttpClient {
  return {
    async send({ method, url, headers, body, signals, reads }) {
      try {
        const answer = await call({ method, url, headers: new Headers(headers), body }, AbortSignal.any([...signals]));
        return readAnswer(answer, reads);
      } catch (error) {
        if (signals.some(({ aborted }) => aborted)) throw new HttpFailure('ERR_CANCELED', 'canceled');
        if (error instanceof NetworkFailure) throw new HttpFailure(error.code, error.code);
        throw error;
      }
    },
  };
}

function readAnswer({ status, headers, body }: HttpAnswer, reads: 'text' | 'status'): Answer {
  return {
    status,
    header: (name) => headers.get(name) ?? undefined,
    text: reads === 'text' ? new TextDecoder().decode(body) : '',
  };
}

export function createFetch(call: Call): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const bytes = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const { method, url, headers } = request;
    const { status, body, headers: answered } = await call({ method, url, headers, body: bytes }, init?.signal);
    return new Response(isBodiless(status) ? null : body, { status, headers: answered });
  };
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

interface NodeFetchOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string | AsyncIterable<Uint8Array>;
  signal?: AbortSignal;
}

export type NodeFetch = ReturnType<typeof createNodeFetch>;

/** As much of node-fetch as grammY and Telegraf use. */
export function createNodeFetch(call: Call) {
  async function callAsNodeFetch(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    try {
      return await call(request, signal);
    } catch (error) {
      if (signal?.aborted) throw new AbortError('The user aborted a request.', 'aborted');
      if (!(error instanceof NetworkFailure)) throw error;
      throw new FetchError(`request to ${request.url} failed, reason: ${error.code}`, 'system', error.code);
    }
  }

  return async (url: string | URL, { method = 'GET', headers, body, signal }: NodeFetchOptions = {}) => {
    const bytes = body === undefined || typeof body === 'string' ? body : await collect(body);
    const request = { method, url: String(url), headers: new Headers(headers), body: bytes };
    const answer = await callAsNodeFetch(request, signal);
    const text = (): string => new TextDecoder().decode(answer.body);
    return {
      ok: answer.status >= 200 && answer.status < 300,
      status: answer.status,
      statusText: '',
      headers: answer.headers,
      text: async () => text(),
      json: async (): Promise<unknown> => {
        try {
          return JSON.parse(text());
        } catch {
          throw new FetchError(`invalid json response body at ${request.url}`, 'invalid-json');
        }
      },
    };
  };
}

/** Its errors are told apart by their names. */
class FetchError extends Error {
  override readonly name: string = 'FetchError';
  readonly type: string;
  readonly code: string | undefined;
  constructor(message: string, type: string, code?: string) {
    super(message);
    this.type = type;
    this.code = code;
  }
}

class AbortError extends FetchError {
  override readonly name = 'AbortError';
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
