// The shop's own server as the app meets it: it verifies every announcement as the Standard Webhooks say, and keeps it.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { minute, second } from '#kernel/clock.ts';
import type { OrderView } from '#payments/lifecycle/order-view.ts';

export interface Announcement {
  id: string;
  type: string;
  timestamp: string;
  order: OrderView;
  body: string;
  /** What this server answered. */
  status: number;
}

export interface ShopReceiver {
  readonly url: string;
  readonly secret: string;
  /** Every delivery, refused ones too, oldest first. */
  readonly deliveries: readonly Announcement[];
  /** Deliveries whose signature or time was wrong; none is ever expected. */
  readonly forged: readonly string[];
  /** Answers with this status until it is changed. */
  answerWith(status: number): void;
  /** Takes deliveries and answers none until the returned function is called. */
  hold(): () => void;
  /** What was announced about an order: accepted deliveries, one entry for each webhook id. */
  heardOf(orderId: string): Announcement[];
  stop(): Promise<void>;
}

/** Five minutes: the tolerance of Standard Webhooks. */
const toleranceMs = 5 * minute;

export async function startShopReceiver(options: { now: () => number }): Promise<ShopReceiver> {
  const secret = `whsec_${Buffer.from('a key that only this shop knows!').toString('base64')}`;
  const signer = new Webhook(secret);
  const deliveries: Announcement[] = [];
  const forged: string[] = [];
  let status = 200;
  let held: Promise<void> | undefined;
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    void readText(request).then((body) => {
      const id = String(request.headers['webhook-id']);
      const sentAt = Number(request.headers['webhook-timestamp']) * second;
      // The library's own check would read the system's clock, which a test may have left behind.
      const isSigned = request.headers['webhook-signature'] === signer.sign(id, new Date(sentAt), body);
      if (!isSigned || Math.abs(options.now() - sentAt) > toleranceMs) forged.push(body);
      const { type, timestamp, data } = JSON.parse(body);
      deliveries.push({ id, type, timestamp, order: data, body, status });
      const end = () => response.writeHead(status).end();
      if (held === undefined) end();
      else void held.then(end);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tillkeeper`,
    secret,
    deliveries,
    forged,
    answerWith: (next) => {
      status = next;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = undefined;
        resolve();
      };
    },
    heardOf(orderId) {
      const about = deliveries.filter(({ order, status: answered }) => order.id === orderId && answered < 300);
      return [...new Map(about.map((announcement) => [announcement.id, announcement])).values()];
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
