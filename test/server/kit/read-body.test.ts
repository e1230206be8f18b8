import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type ReadBody, readIncoming } from '#server/kit/read-body.ts';

const bytesMax = 1_000;

/** What the server made of a body that came over the wire in these pieces; null: the sender hangs up. */
async function receive(pieces: readonly (string | null)[]): Promise<ReadBody> {
  const read = Promise.withResolvers<ReadBody>();
  const server = createServer(async (incoming, outgoing) => {
    read.resolve(await readIncoming(incoming, bytesMax));
    outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true });
  onTestFinished(() => {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  });
  socket.on('error', () => undefined);
  for (const piece of pieces) {
    if (piece === null) socket.end();
    else await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  }
  return read.promise;
}

const head = (length: string): string => `POST / HTTP/1.1\r\nhost: x\r\n${length}\r\n\r\n`;
const textOf = (body: ReadBody): string => (body.kind === 'read' ? Buffer.from(body.bytes).toString() : body.kind);

test('a body is given as it came, in however many pieces', async () => {
  expect(textOf(await receive([`${head('content-length: 5')}hello`]))).toBe('hello');
  expect(textOf(await receive([head('content-length: 5'), 'he', 'llo']))).toBe('hello');
  expect(textOf(await receive([head('transfer-encoding: chunked'), '2\r\nhe\r\n', '3\r\nllo\r\n', '0\r\n\r\n']))).toBe(
    'hello',
  );
});

test('an empty body is no bytes', async () => {
  expect(textOf(await receive([head('content-length: 0')]))).toBe('');
});

test('a body of the largest size is read, and one byte more is refused unread', async () => {
  expect(textOf(await receive([head(`content-length: ${bytesMax}`), 'x'.repeat(bytesMax)]))).toHaveLength(bytesMax);
  expect(await receive([head(`content-length: ${bytesMax + 1}`)])).toEqual({ kind: 'too_large' });
});

test('a body without a declared length is refused as soon as it is too large', async () => {
  const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`;
  expect(await receive([head('transfer-encoding: chunked'), chunk])).toEqual({ kind: 'too_large' });
});

test('a body whose sender hangs up half-way is broken', async () => {
  expect(await receive([head('content-length: 5'), 'he', null])).toEqual({ kind: 'broken' });
});
