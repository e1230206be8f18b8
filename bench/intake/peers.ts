// The servers beside ours, each written as its documentation shows: raw body, verify, store, an empty 200.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import express from 'express';
import { fastify } from 'fastify';
import { Hono } from 'hono';
import type { Receive } from './receivers.ts';

const bodyBytesMax = 256 * 1024;
const host = '127.0.0.1';
const route = '/webhooks/btcpay';

type Headers = Readonly<Record<string, string>>;

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen({ host, port: 0 }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The cost of a route that checks nothing and stores nothing. */
export function startNoop(): Promise<number> {
  const app = new Hono();
  app.post(route, (context) => context.body(null, 200));
  return listen(createAdaptorServer({ fetch: app.fetch }) as Server);
}

export function startHono(receive: Receive): Promise<number> {
  const app = new Hono();
  app.post(route, async (context) => {
    const body = new Uint8Array(await context.req.arrayBuffer());
    const status = await receive({ headers: context.req.header(), body });
    return new Response(null, { status });
  });
  return listen(createAdaptorServer({ fetch: app.fetch }) as Server);
}

export function startExpress(receive: Receive): Promise<number> {
  const app = express();
  app.post(route, express.raw({ type: () => true, limit: bodyBytesMax }), async (request, response) => {
    const status = await receive({ headers: request.headers as Headers, body: request.body });
    response.status(status).end();
  });
  return new Promise((resolve, reject) => {
    const server = app.listen(0, host, (error) => {
      if (error) reject(error);
      else resolve((server.address() as AddressInfo).port);
    });
  });
}

export async function startFastify(receive: Receive): Promise<number> {
  const app = fastify({ bodyLimit: bodyBytesMax });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post(route, async (request, reply) => {
    const status = await receive({ headers: request.headers as Headers, body: request.body as Buffer });
    return reply.code(status).send();
  });
  await app.listen({ host, port: 0 });
  return (app.server.address() as AddressInfo).port;
}
