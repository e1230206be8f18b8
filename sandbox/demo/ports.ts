import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

const host = '127.0.0.1';

/**
 * As many ports as asked for, in a row from `base` where they are free. All are known before anything listens, because
 * each server's settings name the others; if another program takes a port in between, the start fails.
 */
export async function choosePorts(base: number, count: number): Promise<number[]> {
  const chosen: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const port = (await tryPort(base === 0 ? 0 : base + index)) ?? (await tryPort(0));
    if (port === undefined) throw new Error('no port is free on this machine');
    chosen.push(port);
  }
  return chosen;
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
