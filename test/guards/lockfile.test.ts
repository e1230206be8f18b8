// A registry mirror that lacks a platform's package makes npm write a lockfile that a clean install refuses.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Entry {
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  optional?: boolean;
  engines?: Record<string, string> | string[];
  optionalDependencies?: Record<string, string>;
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Entry> };
const manifest = read('package.json') as Record<string, Record<string, string> | undefined>;
const installed = Object.entries(packages).filter(([path]) => path !== '');

test('every optional dependency of every package is locked', () => {
  const names = new Set(installed.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13)));
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});

test('every package is locked by its content, and none by an address', () => {
  expect(installed.filter(([, entry]) => entry.integrity === undefined && !entry.link).map(([path]) => path)).toEqual(
    [],
  );
  expect(installed.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
});

test('every version that we ask for is exact', () => {
  const asked = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}),
  );
  expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

/** The oldest Node that may start npm, as README says; the product, its tools and its tests run on the Node that comes along. */
const startsNpm = [20, 19, 0];

test('npm warns of no engine on the oldest Node that may start it', () => {
  expect(manifest['engines']).toEqual({ node: `>=${startsNpm.slice(0, 2).join('.')}` });
  const asking = installed.flatMap(([path, { engines = {}, optional }]) => {
    const range = Array.isArray(engines) ? undefined : engines['node'];
    return range === undefined || optional || range.split('||').some(allows) ? [] : [`${path} asks for ${range}`];
  });
  // npm reads it from the lockfile alone: take `engines` of such a package out of there, as docs/decisions says.
  expect(asking).toEqual([]);
});

function allows(alternative: string): boolean {
  const [, sign = '', ...digits] =
    /^\s*(>=|\^|~|)\s*(\d+)(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?\s*$/.exec(alternative) ?? [];
  if (alternative.trim() === '*') return true;
  const wanted = digits.map((digit) => Number(digit) || 0);
  const isEnough = compare(startsNpm, wanted) >= 0;
  return sign === '>=' ? isEnough : isEnough && wanted[0] === startsNpm[0];
}

function compare(left: readonly number[], right: readonly number[]): number {
  const index = left.findIndex((part, at) => part !== (right[at] ?? 0));
  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}
