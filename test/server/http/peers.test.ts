import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectionsMaxUnder } from '#server/http/connections-max.ts';
import { createListener, type Listener, type ListenerOptions } from '#server/http/listener.ts';
import { readBody } from '#server/kit/read-body.ts';

const nothing = (): void => undefined;
const log = { info: nothing, warn: nothing, error: nothing };
/** More than the system keeps for a peer that does not read. */
const large = Buffer.alloc(16 * 1024 * 1024, 'x');

let listener: Listener;
let sockets: Socket[];
let cuts: string[];
let begun: string[];
/** Holds every request whose path begins with /hold. */
let release: PromiseWithResolvers<void>;

beforeEach(() => {
  sockets = [];
  cuts = [];
  begun = [];
  release = Promise.withResolvers();
});
afterEach(async () => {
  release.resolve();
  for (const socket of sockets) socket.destroy();
  await listener.stop();
});

async function open(limits: ListenerOptions['limits']): Promise<number> {
  const fetch = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    begun.push(path);
    if (path.startsWith('/hold')) await release.promise;
    if (request.method === 'POST') await readBody(request, 1_000);
    return new Response(path === '/large' ? large : path);
  };
  listener = createListener(
    { fetch, log, onCut: (reason) => void cuts.push(reason) },
    { host: '127.0.0.1', port: 0, stopTimeoutMs: 2_000, limits },
  );
  return (await listener.start()).port;
}

/** A peer that reads nothing unless it is told to. */
async function peer(port: number, text = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', nothing);
  sockets.push(socket);
  await once(socket, 'connect');
  if (text !== '') await new Promise<void>((resolve) => void socket.write(text, () => resolve()));
  return socket;
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: shop\r\n\r\n`;

/** What comes until it holds `end`, or until the connection is closed. */
async function read(socket: Socket, end: string): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes(end)) break;
  }
  return text;
}

/** A request of somebody else that is answered: what was sent before it has been seen. */
async function answered(port: number, path: string): Promise<void> {
  expect(await read(await peer(port, get(path)), path)).toContain('200 OK');
}

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}

describe('a peer that does not read its answers', () => {
  test('holds one of them, however many it asks for', async () => {
    const port = await open({ pipelinedMax: 16 });
    const greedy = await peer(port, get('/large').repeat(16));
    await answered(port, '/other');
    expect(begun).toEqual(['/large', '/other']);
    // Once it reads, each comes in its turn.
    let bytes = 0;
    for await (const chunk of greedy) {
      bytes += (chunk as Buffer).byteLength;
      if (bytes > 16 * large.byteLength) break;
    }
    expect(begun.filter((path) => path === '/large')).toHaveLength(16);
  });

  test('is cut off when it takes no byte for a while', async () => {
    const port = await open({ unreadMaxMs: 50 });
    const greedy = await peer(port, get('/large'));
    await expect.poll(() => cuts).toEqual(['unread']);
    await closed(greedy);
  });

  test('is cut off when it asks for more than a few answers ahead, and nothing more of it is begun', async () => {
    const port = await open({ pipelinedMax: 4 });
    const greedy = await peer(port, get('/hold').repeat(1_000));
    await closed(greedy);
    expect({ begun, cuts }).toEqual({ begun: ['/hold'], cuts: ['pipelined'] });
  });
});

test('requests that were sent ahead are answered in their order', async () => {
  const port = await open({});
  const text = await read(await peer(port, ['/first', '/second', '/third'].map(get).join('')), '/third');
  expect(text.match(/\/\w+$|\/\w+(?=HTTP)/g)).toEqual(['/first', '/second', '/third']);
});

describe('when there are too many connections', () => {
  test('the one that has waited longest goes, and the new one is served', async () => {
    const port = await open({ connectionsMax: 3 });
    const idle = [await peer(port), await peer(port), await peer(port)];
    await answered(port, '/new');
    await closed(idle[0] as Socket);
    expect(cuts).toEqual(['crowded']);
    expect(idle.slice(1).every((socket) => !socket.closed)).toBe(true);
  });

  test('a request in work is never cut off for a new connection', async () => {
    const port = await open({ connectionsMax: 3 });
    const working = await Promise.all(['/hold-1', '/hold-2', '/hold-3'].map((path) => peer(port, get(path))));
    await expect.poll(() => begun.length).toBe(3);
    await closed(await peer(port, get('/new')));
    release.resolve();
    for (const [index, socket] of working.entries())
      expect(await read(socket, '/hold')).toContain(`/hold-${index + 1}`);
    expect(begun).not.toContain('/new');
  });

  test('a body that does not come holds no place', async () => {
    const port = await open({ connectionsMax: 2 });
    const head = 'POST /order HTTP/1.1\r\nhost: shop\r\ncontent-length: 10\r\n\r\n';
    const slow = [await peer(port, `${head}12345`), await peer(port, head)];
    await expect.poll(() => begun.length).toBe(2);
    await answered(port, '/new');
    await closed(slow[0] as Socket);
  });
});

describe('a peer that sends slowly', () => {
  test.each([
    ['its headers', 'GET / HTTP/1.1\r\nhost: sh'],
    ['its body', 'POST / HTTP/1.1\r\nhost: shop\r\ncontent-length: 10\r\n\r\n12345'],
    ['nothing at all', ''],
  ])('%s does not keep its connection', async (_what, sent) => {
    const port = await open({ headersMaxMs: 50, requestMaxMs: 60 });
    await closed(await peer(port, sent));
  });
});

test('a load balancer that asks by HTTP/1.0, without a Host, is answered', async () => {
  const port = await open({});
  const text = await read(await peer(port, 'GET /readyz HTTP/1.0\r\n\r\n'), '/readyz');
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test.each([
  { descriptors: 64, connections: 16 },
  { descriptors: 300, connections: 172 },
  { descriptors: 640, connections: 512 },
  { descriptors: 1_048_576, connections: 512 },
])('under a limit of $descriptors descriptors there are at most $connections connections', (example) => {
  expect(connectionsMaxUnder(example.descriptors)).toBe(example.connections);
});
