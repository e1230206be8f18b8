import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createListener, type Listener, ListenFailed } from '#server/http/listener.ts';
import { readBody } from '#server/kit/read-body.ts';

const logged: string[] = [];
const note = (message: string): void => void logged.push(message);
const log = { info: note, warn: note, error: note };
let listener: Listener | undefined;

async function open(fetch: (request: Request) => Response | Promise<Response>, stopTimeoutMs = 2_000): Promise<number> {
  logged.length = 0;
  listener = createListener({ fetch, log }, { host: '127.0.0.1', port: 0, stopTimeoutMs });
  return (await listener.start()).port;
}
afterEach(() => listener?.stop());

function get(port: number, agent?: Agent): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, ...(agent && { agent }) }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    sent.on('error', reject).end();
  });
}

describe('a server that stops', () => {
  test('finishes the request in progress and takes no other', async () => {
    const arrived = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Response>();
    const port = await open(() => {
      arrived.resolve();
      return answer.promise;
    });
    const inHand = get(port);
    await arrived.promise;
    const stopped = listener?.stop();
    await expect(get(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    answer.resolve(new Response('whole'));
    expect(await inHand).toEqual({ status: 200, body: 'whole' });
    await stopped;
    expect(logged).toEqual([]);
  });

  test('does not wait for connections that are only kept alive', async () => {
    const port = await open(() => new Response('ok'), 60_000);
    const agent = new Agent({ keepAlive: true });
    await get(port, agent);
    await listener?.stop();
    agent.destroy();
  });

  test('cuts off a request that does not end in time', async () => {
    const arrived = Promise.withResolvers<void>();
    const port = await open(() => {
      arrived.resolve();
      return new Promise<Response>(() => undefined);
    }, 50);
    const hanging = get(port);
    hanging.catch(() => undefined);
    await arrived.promise;
    await listener?.stop();
    await expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(logged).toEqual(['requests cut off']);
  });

  test('may be stopped twice, or without having started', async () => {
    await open(() => new Response('ok'));
    await Promise.all([listener?.stop(), listener?.stop()]);
    const other = createListener(
      { fetch: () => new Response(), log },
      { host: '127.0.0.1', port: 0, stopTimeoutMs: 1 },
    );
    await other.stop();
  });
});

test('a port that is taken, or a host that is not here, ends the start with a sentence that names the setting', async () => {
  const port = await open(() => new Response('ok'));
  const second = createListener({ fetch: () => new Response(), log }, { host: '127.0.0.1', port, stopTimeoutMs: 1 });
  await expect(second.start()).rejects.toThrow(
    new ListenFailed(`cannot listen on 127.0.0.1, port ${port}: another program has the port; stop it, or set PORT`),
  );
  const elsewhere = createListener(
    { fetch: () => new Response(), log },
    { host: '192.0.2.1', port: 0, stopTimeoutMs: 1 },
  );
  await expect(elsewhere.start()).rejects.toThrow('set HOST to an address of this machine');
});

test('a body without a declared length is counted as it comes and cut off over the wire', async () => {
  const port = await open(async (incoming) => new Response((await readBody(incoming, 1_000)).kind));
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.write(`400\r\n${'x'.repeat(1_024)}\r\n`);
    });
    socket.setEncoding('utf8').on('error', reject);
    socket.on('data', (data) => {
      text += data;
      if (!text.includes('too_large')) return;
      socket.destroy();
      resolve(text);
    });
  });
  expect(answer).toContain('too_large');
});
