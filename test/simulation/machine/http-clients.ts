// The clients of the product's libraries, over the simulated network: axios for providers and shop, fetch for the checks, and
// node-fetch, which both Telegram libraries bring.
import { Readable } from 'node:stream';
import {
  type AxiosAdapter,
  AxiosError,
  type AxiosResponse,
  CanceledError,
  type InternalAxiosRequestConfig,
} from 'axios';
import type { HttpAnswer, HttpRequest } from './network.ts';
import { NetworkFailure } from './network.ts';

type Call = (request: HttpRequest, signal?: AbortSignal | null) => Promise<HttpAnswer>;

/** `after`: a timer of the process that calls, for the time-out that axios has of its own. */
export function createAxiosAdapter(call: Call, after: (ms: number, run: () => void) => () => void): AxiosAdapter {
  return async (config) => {
    const ending = new AbortController();
    const cancel = config.timeout ? after(config.timeout, () => ending.abort('timeout')) : () => undefined;
    const given = config.signal as AbortSignal | undefined;
    const signal = given === undefined ? ending.signal : AbortSignal.any([given, ending.signal]);
    try {
      return toAxios(config, await call(requestOf(config), signal));
    } catch (error) {
      if (given?.aborted) throw new CanceledError(undefined, config);
      if (ending.signal.aborted) throw new AxiosError('timeout', 'ECONNABORTED', config);
      if (error instanceof NetworkFailure) throw new AxiosError(error.code, error.code, config);
      throw error;
    } finally {
      cancel();
    }
  };
}

function requestOf(config: InternalAxiosRequestConfig): HttpRequest {
  const headers = new Headers();
  for (const [name, value] of Object.entries(config.headers.toJSON())) headers.set(name, String(value));
  return {
    method: (config.method ?? 'get').toUpperCase(),
    url: config.url ?? '',
    headers,
    body: config.data as string | undefined,
  };
}

function toAxios(config: InternalAxiosRequestConfig, answer: HttpAnswer): AxiosResponse {
  const text = new TextDecoder().decode(answer.body);
  return {
    data: config.responseType === 'stream' ? Readable.from([answer.body]) : text,
    status: answer.status,
    statusText: '',
    headers: Object.fromEntries(answer.headers),
    config,
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
