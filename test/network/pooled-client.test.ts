import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpFailure, HttpRequest } from '#network/http-client.ts';
import { createHttpClient } from '#network/pooled-client.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

let seen: { method: string | undefined; url: string | undefined; body: string; headers: IncomingMessage['headers'] }[];
let connections: number;
let answer: Answer;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString('utf8');
  });
  request.on('end', () => {
    const { method, url, headers } = request;
    seen.push({ method, url, body, headers });
    answer(response, request);
  });
});
server.on('connection', () => {
  connections += 1;
});
beforeEach(async () => {
  seen = [];
  connections = 0;
  answer = (response) => void response.end('{}');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = (connectionsMax = 4) => createHttpClient({ connectionsMax, idleMs: 5_000 });

function request(differences: Partial<HttpRequest> = {}): HttpRequest {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/a/b?c=%20d`;
  return { method: 'GET', url, headers: {}, signals: [], answerMaxBytes: 1_000, reads: 'text', ...differences };
}

async function failureOf(sent: Promise<unknown>): Promise<HttpFailure> {
  const error = await sent.then(
    () => expect.unreachable('there was an answer'),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'HttpFailure' });
  return error as HttpFailure;
}

describe('a request', () => {
  test('is sent to its address with exactly the characters and headers that were given', async () => {
    const body = '{"price":10.10,"text":"ü€"}';
    await open().send(request({ method: 'POST', body, headers: { 'X-Key': 'a' } }));
    expect(seen).toMatchObject([{ method: 'POST', url: '/a/b?c=%20d', body, headers: { 'x-key': 'a' } }]);
  });

  test('goes over a connection that is there already, and no more are opened than may be', async () => {
    const client = open(2);
    await Promise.all(Array.from({ length: 9 }, () => client.send(request())));
    await client.send(request());
    expect(seen).toHaveLength(10);
    expect(connections).toBe(2);
  });

  test('is sent once, though its connection is cut', async () => {
    answer = (response) => void response.socket?.resetAndDestroy();
    expect(await failureOf(open().send(request()))).toMatchObject({ code: 'ECONNRESET' });
    answer = (response) => void response.socket?.end();
    expect(await failureOf(open().send(request()))).toMatchObject({ code: 'ECONNRESET' });
    expect(seen).toHaveLength(2);
  });

  test('that was canceled before is not sent', async () => {
    const failure = await failureOf(open().send(request({ signals: [AbortSignal.abort()] })));
    expect(failure.code).toBe('ERR_CANCELED');
    expect(connections).toBe(0);
  });

  test('that is canceled while it waits for a connection is not sent either', async () => {
    const client = open(1);
    const held = Promise.withResolvers<ServerResponse>();
    answer = (response) => held.resolve(response);
    const first = client.send(request());
    const response = await held.promise;
    const ending = new AbortController();
    const second = client.send(request({ method: 'POST', body: 'x', signals: [ending.signal] }));
    ending.abort();
    expect(await failureOf(second)).toMatchObject({ code: 'ERR_CANCELED' });
    answer = (other) => void other.end('{}');
    response.end('{}');
    await first;
    await client.send(request());
    expect(seen.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  test('that is canceled while it waits for its answer ends at once, and its connection with it', async () => {
    const ending = new AbortController();
    const cut = Promise.withResolvers<void>();
    answer = (response) => {
      response.on('close', () => cut.resolve());
      response.write('{"id":');
      ending.abort();
    };
    const idle = new AbortController().signal;
    expect(await failureOf(open().send(request({ signals: [idle, ending.signal] })))).toMatchObject({
      code: 'ERR_CANCELED',
    });
    await cut.promise;
  });

  test('to where nothing listens fails with the code of the network', async () => {
    const empty = createServer();
    await new Promise<void>((resolve) => empty.listen(0, '127.0.0.1', resolve));
    const { port } = empty.address() as AddressInfo;
    await new Promise((resolve) => empty.close(resolve));
    const failure = await failureOf(open().send(request({ url: `http://127.0.0.1:${port}` })));
    expect(failure).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('whose address or headers cannot be sent fails as one that got no answer', async () => {
    expect(await failureOf(open().send(request({ url: 'no address' })))).toMatchObject({ code: 'ERR_INVALID_URL' });
    expect(await failureOf(open().send(request({ headers: { 'x-key': 'a\nb' } })))).toMatchObject({
      code: 'UND_ERR_INVALID_ARG',
    });
    expect(seen).toEqual([]);
  });
});

describe('an answer', () => {
  test('is its status, its headers and its text, whatever the status is', async () => {
    answer = (response) => {
      response.writeHead(503, { 'Retry-After': '7', 'Set-Cookie': ['a=1', 'b=2'] });
      response.end('{"text":"ü€"}');
    };
    const found = await open().send(request());
    expect(found).toMatchObject({ status: 503, text: '{"text":"ü€"}' });
    expect(['retry-after', 'set-cookie', 'age'].map(found.header)).toEqual(['7', 'a=1', undefined]);
  });

  test('that leads elsewhere is not followed', async () => {
    answer = (response) => void response.writeHead(302, { location: '/elsewhere' }).end();
    expect(await open().send(request())).toMatchObject({ status: 302, text: '' });
    expect(seen).toHaveLength(1);
  });

  test('comes after early hints', async () => {
    answer = (response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.end('{}');
    };
    expect(await open().send(request())).toMatchObject({ status: 200, text: '{}' });
  });

  test('is read without the mark that some put before it', async () => {
    answer = (response) => void response.end('\uFEFF{"id":1}');
    expect(await open().send(request())).toMatchObject({ text: '{"id":1}' });
  });

  test('that ends before its end is none', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"id":1}', () => response.socket?.end());
    };
    expect(await failureOf(open().send(request()))).toMatchObject({ code: 'ECONNRESET' });
  });

  test('that is longer than it may be is cut off', async () => {
    answer = (response) => void response.end('x'.repeat(1_000));
    expect(await open().send(request())).toMatchObject({ status: 200 });
    answer = (response) => void response.end('x'.repeat(1_001));
    const failure = await failureOf(open().send(request()));
    expect(failure).toMatchObject({ code: 'ERR_BAD_RESPONSE', message: 'the answer is longer than 1000 bytes' });
  });

  test('is unpacked, and what is too long then is cut off', async () => {
    const packed = (text: string) => (response: ServerResponse) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
    answer = packed('{"text":"ü€"}');
    expect(await open().send(request())).toMatchObject({ text: '{"text":"ü€"}' });
    expect(seen[0]?.headers['accept-encoding']).toBe('gzip');
    answer = packed('x'.repeat(1_001));
    expect(await failureOf(open().send(request()))).toMatchObject({ message: 'the answer is longer than 1000 bytes' });
  });

  test.each(['gzip', 'br'])('that says it is packed as %s and cannot be unpacked is none', async (encoding) => {
    answer = (response) => void response.writeHead(200, { 'content-encoding': encoding }).end('not packed');
    expect(await failureOf(open().send(request()))).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  });

  test('of which only the status is asked for is there before its body, which keeps no connection when it is long', async () => {
    const client = open(1);
    const cut = Promise.withResolvers<void>();
    answer = (response) => {
      response.on('close', () => cut.resolve());
      response.writeHead(202);
      response.write('x'.repeat(900));
      setImmediate(() => response.write('x'.repeat(200)));
    };
    expect(await client.send(request({ reads: 'status' }))).toMatchObject({ status: 202, text: '' });
    await cut.promise;
    answer = (response) => void response.end('{}');
    expect(await client.send(request())).toMatchObject({ status: 200 });
    expect(connections).toBe(2);
  });

  test('of which only the status was asked for, and that never ends, ends with the time of its request', async () => {
    const ending = new AbortController();
    const cut = Promise.withResolvers<void>();
    answer = (response) => {
      response.on('close', () => cut.resolve());
      response.writeHead(200);
      response.write('x');
    };
    expect(await open().send(request({ reads: 'status', signals: [ending.signal] }))).toMatchObject({ status: 200 });
    ending.abort();
    await cut.promise;
  });
});
