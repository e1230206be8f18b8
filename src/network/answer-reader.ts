import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { canceled } from './failure.ts';
import { type HttpAnswer, HttpFailure, type HttpRequest } from './http-client.ts';

interface Outcome {
  onAnswer(answer: HttpAnswer): void;
  onFailure(error: unknown): void;
  /** Nothing of the exchange goes on any more. Comes once, whatever happened. */
  onEnd(): void;
}

interface AnswerReader {
  handler: Dispatcher.DispatchHandler;
  /** Ends the exchange, whether it has begun or not. */
  cancel(): void;
}

interface Head {
  status: number;
  header: HttpAnswer['header'];
}

const unpack = promisify(gunzip);
/** Takes a byte order mark away, as a reader of JSON must. */
const utf8 = new TextDecoder();

/** Collects what comes back on one request. */
export function createAnswerReader(
  { reads, answerMaxBytes }: Pick<HttpRequest, 'reads' | 'answerMaxBytes'>,
  { onAnswer, onFailure, onEnd }: Outcome,
): AnswerReader {
  let connection: Dispatcher.DispatchController | undefined;
  let isCanceled = false;
  let head: Head | undefined;
  let bytes = 0;
  const chunks: Buffer[] = [];
  return {
    cancel() {
      isCanceled = true;
      // One that still waits for a connection is ended as soon as it gets one, and is not waited for.
      connection?.abort(canceled());
      onFailure(canceled());
    },
    handler: {
      onRequestStart(controller) {
        connection = controller;
        if (isCanceled) controller.abort(canceled());
      },
      onResponseStart(_controller, status, headers) {
        // `103 Early Hints` and the like come before the answer.
        if (status < 200) return;
        head = { status, header: (name) => firstOf(headers, name) };
        if (reads === 'status') onAnswer({ ...head, text: '' });
      },
      onResponseData(controller, chunk) {
        bytes += chunk.byteLength;
        if (bytes > answerMaxBytes) controller.abort(tooLong(answerMaxBytes));
        else if (reads === 'text') chunks.push(chunk);
      },
      onResponseEnd() {
        onEnd();
        if (head === undefined) onFailure(new HttpFailure('ECONNRESET', 'the answer has no head'));
        else if (reads === 'text') readWhole(head, { chunks, answerMaxBytes }).then(onAnswer, onFailure);
      },
      // What becomes of a body that nobody reads says nothing any more: there is an answer already.
      onResponseError(_controller, error) {
        onEnd();
        onFailure(error);
      },
    },
  };
}

async function readWhole(
  head: Head,
  { chunks, answerMaxBytes }: { chunks: readonly Buffer[]; answerMaxBytes: number },
): Promise<HttpAnswer> {
  const [first] = chunks;
  const sent = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
  const encoding = head.header('content-encoding')?.toLowerCase() ?? '';
  if (sent.byteLength === 0 || encoding === '' || encoding === 'identity') return { ...head, text: utf8.decode(sent) };
  if (encoding !== 'gzip') throw new HttpFailure('ERR_BAD_RESPONSE', `the answer is packed as ${encoding}`);
  try {
    return { ...head, text: utf8.decode(await unpack(sent, { maxOutputLength: answerMaxBytes })) };
  } catch (error) {
    if (error instanceof RangeError) throw tooLong(answerMaxBytes);
    throw new HttpFailure('ERR_BAD_RESPONSE', 'the answer cannot be unpacked');
  }
}

function firstOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value[0] : value;
}

function tooLong(answerMaxBytes: number): HttpFailure {
  return new HttpFailure('ERR_BAD_RESPONSE', `the answer is longer than ${answerMaxBytes} bytes`);
}
