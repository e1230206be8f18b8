import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { hostOf } from '../connection.ts';
import type { ProviderHost } from '../host.ts';
import { isJsonType } from '../requests.ts';
import { type Checkout, checkoutObject } from './checkout.ts';
import { CoinbaseError, errorBody, invalidRequest } from './errors.ts';
import type { JwtCheck } from './jwt.ts';
import { parseCreate, parseIdempotencyKey, parseList, parseRefund } from './requests.ts';
import type { CoinbaseShop } from './shop.ts';

// Coinbase: Checkouts, Endpoints; below `/coinbase/api/v1`.

interface FirstAnswer {
  readonly requestHash: string;
  readonly body: string;
  readonly status: 200 | 201;
  readonly checkoutId: string;
}

const firstAnswersMax = 20_000;

export interface CoinbaseApiDeps {
  readonly shop: CoinbaseShop;
  readonly checkJwt: JwtCheck;
  readonly host: ProviderHost;
  /** When the call reached the provider; undefined where nobody has noted it. */
  readonly arrivedAt: (context: Context) => number | undefined;
  /** Whether a repeated key means the same refund. It is not documented for refunds, and so both can be had. */
  readonly honoursRefundKeys: () => boolean;
}

export function createCoinbaseApi({ shop, checkJwt, host, arrivedAt, honoursRefundKeys }: CoinbaseApiDeps): Hono {
  const { now, ids } = host;
  const api = new Hono();
  const once = createOnce(shop);
  const show = (checkout: Checkout) => checkoutObject(checkout, { pageUrl: shop.pageUrl(checkout) });

  api.onError((error, context) => {
    if (!(error instanceof CoinbaseError)) throw error;
    return context.body(errorBody(error, ids), error.status, { 'Content-Type': 'application/json' });
  });
  api.use('*', async (context, next) => {
    await next();
    // Its clock is the sandbox's, also in the Date header.
    context.header('Date', new Date(now()).toUTCString());
  });
  api.use('*', async (context, next) => {
    checkJwt({
      authorization: context.req.header('authorization'),
      method: context.req.method,
      host: hostOf(context),
      path: new URL(context.req.url).pathname,
      nowMs: arrivedAt(context) ?? now(),
    });
    shop.tick();
    await next();
  });

  api.post('/checkouts', async (context) => {
    const body = await jsonBody(context);
    const key = parseIdempotencyKey(context.req.header('x-idempotency-key'), 'required');
    return once(context, { key, body }, () => {
      const checkout = shop.create(parseCreate(body, now()), { isForeign: false, idempotencyKey: key });
      return { checkoutId: checkout.id, status: 201, body: JSON.stringify(show(checkout)) };
    });
  });
  api.get('/checkouts', (context) => {
    const { checkouts, nextPageToken } = shop.list(parseList(new URL(context.req.url).searchParams));
    return context.json({ checkouts: checkouts.map(show), nextPageToken });
  });
  api.get('/checkouts/:id', (context) => context.json(show(shop.get(context.req.param('id')))));
  api.post('/checkouts/:id/deactivate', async (context) => {
    if ((await context.req.text()) !== '') throw invalidRequest('The body must be empty.');
    return context.json(show(shop.deactivate(context.req.param('id'))));
  });
  api.post('/checkouts/:id/refund', async (context) => {
    const body = await jsonBody(context);
    const key = parseIdempotencyKey(context.req.header('x-idempotency-key'), 'optional');
    return once(context, { key: honoursRefundKeys() ? key : undefined, body }, () => {
      const { checkout, refund } = shop.refund(context.req.param('id'), parseRefund(body));
      return { checkoutId: checkout.id, status: 200, body: JSON.stringify({ checkout: show(checkout), refund }) };
    });
  });
  api.all('*', () => {
    throw new CoinbaseError(404, 'not_found', 'There is nothing here.');
  });
  return api;
}

/** The same key returns the first answer, the same key with another request is an error; refusals are not remembered. */
function createOnce(shop: CoinbaseShop) {
  const firstAnswers = new Map<string, FirstAnswer>();
  return (
    context: Context,
    request: { key: string | undefined; body: string },
    act: () => Omit<FirstAnswer, 'requestHash'>,
  ): Response => {
    const requestHash = createHash('sha256').update(`${context.req.path}\n${request.body}`).digest('hex');
    const known = request.key === undefined ? undefined : firstAnswers.get(request.key);
    if (known !== undefined && known.requestHash !== requestHash) {
      throw new CoinbaseError(422, 'idempotency_error', 'The idempotency key was used with another request.');
    }
    const answer = known ?? { ...act(), requestHash };
    if (known !== undefined) {
      const checkout = shop.checkouts.get(known.checkoutId);
      if (checkout?.idempotencyKey === request.key && checkout !== undefined) checkout.createCalls += 1;
    }
    if (request.key !== undefined && firstAnswers.size < firstAnswersMax) firstAnswers.set(request.key, answer);
    return context.body(answer.body, answer.status, { 'Content-Type': 'application/json' });
  };
}

async function jsonBody(context: Context): Promise<string> {
  if (!isJsonType(context.req.header('content-type'))) throw invalidRequest('Content-Type must be application/json.');
  return context.req.text();
}
