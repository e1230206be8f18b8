import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderSchema } from '#server/store-api/answer-schemas.ts';
import { type Description, exampleSchemas, readDescription, schemaOf } from '../support/description.ts';
import { openServerFixture, orderBody, type ServerFixture, storeRequest } from '../support/server-fixture.ts';

let fixture: ServerFixture;
let description: Description;
beforeAll(async () => {
  fixture = await openServerFixture();
  description = await readDescription(fixture.server.app);
});
afterAll(() => fixture.close());

test('is OpenAPI 3.1 and names every route of /v1, and no other', () => {
  expect(description.openapi).toBe('3.1.0');
  const described = Object.entries(description.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const served = fixture.server.app.routes
    .filter(({ path, method }) => path.startsWith('/v1/') && method !== 'ALL')
    .map(({ path, method }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect(described.toSorted()).toEqual([...new Set(served)].sort());
  expect(described).toHaveLength(4);
});

test('says of every route what it does, under a heading of its own', () => {
  const operations = Object.values(description.paths).flatMap((item) => Object.values(item));
  const ids = operations.map(({ operationId }) => operationId);
  expect(ids).toEqual(['placeOrder', 'listOrders', 'getOrder', 'refundOrder']);
  const headings = description.tags.map(({ name }) => name);
  for (const { tags, summary, description: sentence } of operations) {
    expect(headings).toEqual(tags);
    expect(summary).toMatch(/\S/);
    expect(sentence).toMatch(/\.$/);
  }
});

test('gives no example that its own schema refuses', () => {
  const examples = exampleSchemas({ paths: description.paths, components: description.components } as never);
  expect(examples.length).toBeGreaterThan(5);
  for (const { example, schema } of examples) {
    expect({ example, isTrue: schemaOf(description, schema).safeParse(example).success }).toEqual({
      example,
      isTrue: true,
    });
  }
});

test('gives bodies as examples that its schemas allow and the routes take', async () => {
  const paths = Object.entries(description.paths);
  const bodies = paths.flatMap(([path, { post }]) => {
    const media = post?.requestBody?.content['application/json'];
    return media === undefined ? [] : [{ path, media }];
  });
  expect(bodies.map(({ path }) => path)).toEqual(['/v1/orders', '/v1/orders/{id}/refunds']);
  for (const { media } of bodies) schemaOf(description, media.schema).parse(media.example);
  const [order, refund] = bodies.map(({ media }) => media.example);
  const placed = await storeRequest(fixture, { body: order });
  expect(placed.status).toBe(201);
  const path = `${placed.headers.get('location')}/refunds`;
  // The order is not paid yet, and that is all that stands in the way.
  expect(await (await storeRequest(fixture, { path, body: refund })).json()).toMatchObject({
    code: 'nothing_captured',
  });
});

test('allows an order that has no payment', async () => {
  const placed = await storeRequest(fixture, { body: orderBody() });
  const answer = await storeRequest(fixture, { path: placed.headers.get('location') ?? '' });
  const order = orderSchema.parse(await answer.json());
  schemaOf(description, { $ref: '#/components/schemas/Order' }).parse({ ...order, payment: null, payments: [] });
});

test('is shown by a page that needs nothing from elsewhere', async () => {
  const { app } = fixture.server;
  const page = await (await app.request('/docs')).text();
  const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(assets.length).toBeGreaterThan(3);
  for (const asset of assets) {
    const response = await app.request(new URL(asset, 'http://till.example/docs').pathname);
    expect({ asset, status: response.status }).toEqual({ asset, status: 200 });
  }
  expect(page).not.toMatch(/https?:\/\//);
  expect((await app.request('/docs/package.json')).status).toBe(404);
  expect((await app.request('/docs/..%2Fpackage.json')).status).toBe(404);
});
