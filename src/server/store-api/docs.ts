import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import { notFound, refuseOtherMethods } from '../kit/problem.ts';
import { ordersTag, type StoreApi } from './described.ts';

const require = createRequire(import.meta.url);

/** Files of swagger-ui-dist that the page needs; they are served locally, so that it works without the internet. */
const assets: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

// Addresses are relative, so that a reverse proxy may put the server under a path.
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tillkeeper store API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<style>body { margin: 0 }</style>
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

const script = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The OpenAPI document of the store API's own routes, and a page that shows it. */
export function docsRoutes(input: { storeApi: StoreApi; version: string }): Hono {
  const app = new Hono();
  const pageBytes = Buffer.from(page);
  const scriptBytes = Buffer.from(script);
  const readDescription = once(() => Promise.resolve(Buffer.from(JSON.stringify(describe(input)))));
  const readAssets = new Map(
    Array.from(assets, ([file, type]) => [
      file,
      { type, read: once(() => readFile(require.resolve(`swagger-ui-dist/${file}`))) },
    ]),
  );
  app.get('/openapi.json', async () => respond(await readDescription(), 'application/json'));
  app.get('/docs', () => respond(pageBytes, 'text/html; charset=utf-8', { 'content-security-policy': pagePolicy }));
  app.get('/docs/start.js', () => respond(scriptBytes, 'text/javascript; charset=utf-8'));
  app.get('/docs/:file', async (context) => {
    const asset = readAssets.get(context.req.param('file'));
    if (asset === undefined) return notFound();
    return respond(await asset.read(), asset.type, { 'cache-control': 'public, max-age=3600' });
  });
  for (const path of ['/openapi.json', '/docs', '/docs/:file']) {
    refuseOtherMethods(app, { path, allowed: ['GET', 'HEAD'] });
  }
  return app;
}

/** Every answer has the same bytes: those that wait for slow readers take their place in memory once. */
function once(make: () => Promise<Buffer<ArrayBuffer>>): () => Promise<Buffer<ArrayBuffer>> {
  let made: Promise<Buffer<ArrayBuffer>> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

function describe({ storeApi, version }: { storeApi: StoreApi; version: string }): object {
  return storeApi.getOpenAPI31Document({
    openapi: '3.1.0',
    tags: [ordersTag],
    info: {
      title: 'Tillkeeper store API',
      version,
      description: "Creates orders and tells their state to the shop's site. Amounts are decimal strings.",
    },
  });
}

function respond(body: Uint8Array<ArrayBuffer>, type: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { 'content-type': type, 'x-content-type-options': 'nosniff', ...headers } });
}
