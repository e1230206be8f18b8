// The plan of the app, which docs/architecture.md draws. The guard in imports.test.ts holds every import against it.
import { readdirSync } from 'node:fs';
import { providerNames } from '#kernel/provider-name.ts';

/**
 * domain: verbs, decisions and ports; knows no framework. adapter: implements ports of the domain; used by the composition
 * root only. surface: people, machines and the clock come in here; surfaces do not know each other. root: puts it together.
 */
type Kind = 'domain' | 'adapter' | 'surface' | 'root';

export interface Place {
  path: string;
  kind: Kind;
  /** Places that it may import although its kind may not. */
  also?: readonly string[];
}

/** Every folder of screens is a place of its own. */
const screens = readdirSync(new URL('../../src/bot/screens', import.meta.url)).map((name) => `screens/${name}`);
/** What a part of the bot may import of the others. Screens do not know each other: one leads to another by its name. */
const withinBot: Readonly<Record<string, readonly string[]>> = {
  telegram: ['text'],
  charts: ['text'],
  'set-up': ['text', 'telegram'],
  kit: ['text', 'telegram', 'charts'],
  files: ['text', 'telegram', 'charts', 'kit'],
  wording: ['text', 'telegram', 'kit'],
  pager: ['text', 'telegram', 'charts', 'kit', 'wording', ...screens],
  admin: ['text', 'telegram', 'charts', 'kit', 'files', 'wording', ...screens],
};

/**
 * From the ground up. A place may import domain places above it in this list, and never one below; the places of one line
 * stand side by side and do not know each other. A path includes its sub-folders, unless these have a line of their own.
 */
export const floors: readonly (readonly Place[])[] = [
  [{ path: 'src/kernel', kind: 'domain' }],
  [
    { path: 'src/access', kind: 'domain' },
    { path: 'src/orders', kind: 'domain' },
    { path: 'src/logging', kind: 'adapter' },
    { path: 'src/network', kind: 'adapter' },
    { path: 'src/diagnostics', kind: 'domain' },
  ],
  [
    { path: 'src/catalog', kind: 'domain' },
    { path: 'src/messaging', kind: 'domain' },
  ],
  [{ path: 'src/messaging/shop', kind: 'adapter', also: ['src/network'] }],
  [{ path: 'src/cases', kind: 'domain' }],
  [{ path: 'src/payments/model', kind: 'domain' }],
  [{ path: 'src/payments/ports', kind: 'domain' }],
  [{ path: 'src/payments/providers/http', kind: 'adapter', also: ['src/network'] }],
  [{ path: 'src/payments/providers/kit', kind: 'adapter', also: ['src/payments/providers/http'] }],
  providerNames.map(providerPlace),
  [{ path: 'src/payments/providers/registry', kind: 'adapter', also: ['src/network', ...everyProvider()] }],
  [{ path: 'src/payments/lifecycle', kind: 'domain' }],
  [
    { path: 'src/payments/collect', kind: 'domain' },
    { path: 'src/payments/refunds', kind: 'domain' },
  ],
  [{ path: 'src/payments/sync', kind: 'domain' }],
  [{ path: 'src/payments/overrides', kind: 'domain' }],
  [{ path: 'src/payments/reconciliation', kind: 'domain' }],
  [{ path: 'src/payments/channels', kind: 'domain' }],
  [{ path: 'src/payments/resolutions', kind: 'domain' }],
  [{ path: 'src/payments/availability', kind: 'domain' }],
  [{ path: 'src/payments/webhooks', kind: 'domain' }],
  [
    { path: 'src/accounting', kind: 'domain' },
    { path: 'src/exports', kind: 'domain' },
  ],
  [{ path: 'src/reports', kind: 'domain' }],
  [{ path: 'src/db', kind: 'adapter' }],
  [{ path: 'src/jobs', kind: 'surface' }, { path: 'src/server', kind: 'surface' }, botPlace('text')],
  [botPlace('telegram'), botPlace('charts')],
  [botPlace('kit'), botPlace('set-up')],
  [botPlace('files'), botPlace('wording')],
  screens.map((name) => botPlace(name)),
  [botPlace('pager'), botPlace('admin')],
  [{ path: 'src/bot', kind: 'surface' }],
  [{ path: 'src/config', kind: 'root', also: ['src/payments/providers/registry'] }],
  [{ path: 'src/app', kind: 'root' }],
  [{ path: 'src', kind: 'root' }],
];

function botPlace(name: string): Place {
  const others = name.startsWith('screens/')
    ? ['text', 'telegram', 'charts', 'kit', 'files', 'wording']
    : withinBot[name];
  return { path: `src/bot/${name}`, kind: 'surface', also: others?.map((other) => `src/bot/${other}`) ?? [] };
}

function providerPlace(name: string): Place {
  const also = ['src/payments/providers/kit', 'src/payments/providers/http'];
  return { path: `src/payments/providers/${name}`, kind: 'adapter', also };
}

function everyProvider(): string[] {
  return ['kit', 'http', ...providerNames].map((name) => `src/payments/providers/${name}`);
}

/** Packages with the places that may import them; `node:` modules and those not named here are for nobody. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  zod: ['src/config', 'src/payments/providers', 'src/server'],
  'big.js': ['src/kernel'],
  grammy: ['src/bot'],
  '@grammyjs/auto-retry': ['src/bot'],
  telegraf: ['src/bot'],
  hono: ['src/server'],
  '@hono/node-server': ['src/server'],
  '@hono/zod-openapi': ['src/server'],
  'swagger-ui-dist': ['src/server'],
  'prom-client': ['src/server'],
  'drizzle-orm': ['src/db'],
  'better-sqlite3': ['src/db'],
  pg: ['src/db'],
  undici: ['src/network'],
  'csv-parse': ['src/payments/providers'],
  'csv-stringify': ['src/exports', 'src/bot'],
  pino: ['src/logging'],
  echarts: ['src/bot'],
  '@resvg/resvg-js': ['src/bot'],
  '@expo-google-fonts/inter': ['src/bot'],
};

/** Modules of the runtime that reach outside the process, with the places that may; the others are for everybody. */
export const runtimeModules: Readonly<Record<string, readonly string[]>> = {
  'node:fs': ['src/app', 'src/bot', 'src/config', 'src/db', 'src/diagnostics', 'src/logging', 'src/server', 'src'],
  'node:http': ['src/server', 'src/diagnostics', 'src/network', 'src/bot'],
  'node:net': ['src/server', 'src/diagnostics'],
  'node:child_process': ['src/db'],
};

export const filesMax = 15;
export const linesMax = 300;
