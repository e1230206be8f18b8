import type { Milliseconds } from '#kernel/clock.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Exactly these characters are sent, as UTF-8. */
  body?: string | undefined;
  /** The exchange ends when one of them aborts, in whatever state it is, also while an answer is thrown away. */
  signals: readonly AbortSignal[];
  /** A longer body, as it is sent or as it is unpacked, ends the exchange, and costs the connection. */
  answerMaxBytes: number;
  /** `text`: the whole body. `status`: there is an answer as soon as its head is there; what follows is read and thrown away. */
  reads: 'text' | 'status';
}

export interface HttpAnswer {
  status: number;
  /** By the lower-case name; of one that came more than once the first. */
  header(name: string): string | undefined;
  /** Empty where only the status was asked for. */
  text: string;
}

/**
 * One request and its answer: sent once, no redirect is followed, no proxy is taken from the environment, every status is an answer.
 * Rejects with HttpFailure and nothing else.
 */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpClientOptions {
  /** To one host; more requests wait for their turn, within their time. */
  connectionsMax: number;
  /** How long an idle connection is kept, unless the host says that it closes it sooner. */
  idleMs: Milliseconds;
}

export type CreateHttpClient = (options: HttpClientOptions) => HttpClient;

/**
 * There is no whole answer; whether the request was received is not known. `code` is the network's own where it has one
 * (`ECONNRESET`), `ERR_CANCELED` after a signal. No message has the request in it.
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
