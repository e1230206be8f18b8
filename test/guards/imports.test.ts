// The borders of the app. Every import in src/, aliased and relative, types included, is held against the table of floors.
import { dirname } from 'node:path/posix';
import { expect, test } from 'vitest';
import { filesMax, floors, linesMax, type Place, packages, runtimeModules } from './floors.ts';
import { importsIn, listSources, packageOf, readSource, resolveImport, withoutComments } from './source-files.ts';

interface Import {
  from: string;
  specifier: string;
  /** The file of ours that is imported; undefined for a package. */
  to: string | undefined;
}

const files = listSources('src/**/*.ts');
const imports = files.flatMap(readImports);
const otherImports = listSources('{sandbox,test,bench}/**/*.ts').flatMap(readImports);
const places: readonly (Place & { floor: number })[] = floors
  .flatMap((line, floor) => line.map((place) => ({ ...place, floor })))
  .sort((one, other) => other.path.length - one.path.length);

function readImports(from: string): Import[] {
  return importsIn(readSource(from)).map((specifier) => ({ from, specifier, to: resolveImport(from, specifier) }));
}

function placeOf(file: string): (typeof places)[number] {
  const place = places.find(({ path }) => isWithin(file, [path]));
  if (place === undefined) throw new Error(`no floor has a place for ${file}`);
  return place;
}

function isWithin(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => file.startsWith(`${folder}/`));
}

function isAllowed({ from, to }: { from: string; to: string }): boolean {
  const importer = placeOf(from);
  const imported = placeOf(to);
  if (importer.path === imported.path) return true;
  if (imported.floor >= importer.floor) return false;
  return importer.kind === 'root' || imported.kind === 'domain' || (importer.also?.includes(imported.path) ?? false);
}

test('no file imports from a floor above its own, from beside it, or past the ports', () => {
  expect(imports.length).toBeGreaterThan(1000);
  const found = imports.flatMap(({ from, to }) =>
    to === undefined || !to.startsWith('src/') || isAllowed({ from, to }) ? [] : [`${from} -> ${to}`],
  );
  expect(found).toEqual([]);
});

test('every import of a file of ours names a file that is there', () => {
  const known = new Set(files);
  const lost = imports.filter(({ to }) => to?.startsWith('src/') === true && to.endsWith('.ts') && !known.has(to));
  expect(lost).toEqual([]);
});

test('nothing in src imports from outside it, but the version in package.json', () => {
  const outside = imports.filter(({ to }) => to !== undefined && !to.startsWith('src/') && to !== 'package.json');
  expect(outside).toEqual([]);
});

test('no two folders import each other, not even around a corner', () => {
  expect(inCycles(imports, dirname)).toEqual([]);
});

test('no two files import each other, not even around a corner', () => {
  const own = [...imports, ...otherImports];
  expect(own.length).toBeGreaterThan(2000);
  expect(inCycles(own, (file) => file)).toEqual([]);
});

test('the simulated Telegram and providers share nothing with the product but the kernel', () => {
  const simulators = ['sandbox/telegram', 'sandbox/providers'];
  const shared = otherImports.filter(
    ({ from, to }) => isWithin(from, simulators) && to?.startsWith('src/') === true && !isWithin(to, ['src/kernel']),
  );
  expect(shared).toEqual([]);
});

/** What can be reached from itself through others; a file is a unit of its own, or belongs to the unit of its folder. */
function inCycles(edges: readonly Import[], unitOf: (file: string) => string): string[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    if (to === undefined || unitOf(from) === unitOf(to)) continue;
    targets.set(unitOf(from), (targets.get(unitOf(from)) ?? new Set()).add(unitOf(to)));
  }
  return [...targets.keys()].filter((unit) => reachableFrom(unit, targets).has(unit)).sort();
}

function reachableFrom(unit: string, targets: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set<string>();
  const waiting = [...(targets.get(unit) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...(targets.get(next) ?? []));
  }
  return reached;
}

test(`a folder holds at most ${filesMax} files, and no loose file stands beside folders`, () => {
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const full = folders.filter((folder) => files.filter((file) => dirname(file) === folder).length > filesMax);
  const mixed = folders.filter((folder) => folder !== 'src' && folders.some((other) => dirname(other) === folder));
  const loose = files.filter((file) => dirname(file) === 'src' && file !== 'src/main.ts');
  expect(full).toEqual([]);
  expect([...mixed, ...loose]).toEqual([]);
});

test(`no file is longer than ${linesMax} lines`, () => {
  expect(files.filter((file) => readSource(file).trimEnd().split('\n').length > linesMax)).toEqual([]);
});

test('a package is imported only where it is at home', () => {
  const found = imports.flatMap(({ from, specifier, to }) => {
    if (to !== undefined) return [];
    const isRuntime = specifier.startsWith('node:');
    const homes = isRuntime ? runtimeModules[specifier.split('/', 1)[0] ?? ''] : packages[packageOf(specifier)];
    const isHome = homes === undefined ? isRuntime : isWithin(from, homes);
    return isHome ? [] : [`${from} -> ${packageOf(specifier)}`];
  });
  expect(found).toEqual([]);
});

test('a surface works through verbs and read verbs, and never with the database itself', () => {
  const surfaces = places.filter(({ kind }) => kind === 'surface').map(({ path }) => path);
  const found = files.filter((file) => {
    if (!isWithin(file, surfaces)) return false;
    return /\bDatabase\b|\bdatabase\s*[.?](?!ts')|\bdatabase\s*\}\s*=/.test(withoutComments(readSource(file)));
  });
  expect(found).toEqual([]);
});

test('the environment is read by the configuration only, and only main.ts ends the process', () => {
  const reads = files.filter((file) => /\bprocess\.env\b/.test(withoutComments(readSource(file))));
  const ends = files.filter((file) => /\bprocess\.(exit|exitCode|kill)\b/.test(withoutComments(readSource(file))));
  expect(reads.filter((file) => !isWithin(file, ['src/config']))).toEqual([]);
  expect(ends.filter((file) => file !== 'src/main.ts')).toEqual([]);
});

test('imports are found however they are spelled', () => {
  const code = [
    "import { a } from '#orders/order.ts';",
    "import type { B } from './b.ts';",
    "import '../c.ts';",
    "export { d } from './d.ts';",
    "const { e } = await import('./e.ts');",
    "type F = import('./f.ts').F;",
    "// import { g } from './g.ts';",
  ].join('\n');
  expect(importsIn(code)).toEqual(['#orders/order.ts', './b.ts', '../c.ts', './d.ts', './e.ts', './f.ts']);
  expect(resolveImport('src/payments/model/payment.ts', '../../db/schema/drizzle.ts')).toBe('src/db/schema/drizzle.ts');
  expect(resolveImport('src/bot/text/html.ts', '#payments/model/payment.ts')).toBe('src/payments/model/payment.ts');
  expect(resolveImport('src/bot/text/html.ts', 'grammy')).toBeUndefined();
});

test('an import that climbs, crosses or skips the ports is refused', () => {
  const refused = [
    ['src/kernel/money.ts', 'src/orders/order.ts'],
    ['src/payments/model/payment.ts', 'src/payments/lifecycle/announce.ts'],
    ['src/payments/collect/place-order.ts', 'src/payments/refunds/refund-order.ts'],
    ['src/payments/lifecycle/announce.ts', 'src/payments/providers/kit/paging.ts'],
    ['src/bot/kit/replies.ts', 'src/server/shell/server.ts'],
    ['src/bot/screens/orders/orders.ts', 'src/bot/screens/refunds/refunds.ts'],
    ['src/bot/kit/replies.ts', 'src/bot/screens/orders/orders.ts'],
    ['src/jobs/jobs.ts', 'src/db/database/open-database.ts'],
  ] as const;
  for (const [from, to] of refused)
    expect({ from, to, allowed: isAllowed({ from, to }) }).toMatchObject({ allowed: false });
  expect(isAllowed({ from: 'src/app/core.ts', to: 'src/db/database/open-database.ts' })).toBe(true);
  expect(isAllowed({ from: 'src/server/webhooks/routes.ts', to: 'src/payments/webhooks/receive-webhook.ts' })).toBe(
    true,
  );
});
