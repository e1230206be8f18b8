// Adding a provider is its own folders and a line in each registry: nothing else may know it by its name.
import { expect, test } from 'vitest';
import { providerNames } from '#kernel/provider-name.ts';
import { abilities } from '#test/support/providers/abilities.ts';
import { listSources, readSource, withoutComments } from './source-files.ts';

/** The registries: the only places with a line for each provider. */
const allowed: ReadonlySet<string> = new Set([
  // Names and titles.
  'src/kernel/provider-name.ts',
  // Adapters, in the order of `auto`.
  'src/payments/providers/registry/definitions.ts',
  // Simulators.
  'sandbox/providers/registry.ts',
]);

const folders = ['src/payments/providers', 'sandbox/providers'];

function namesIn(code: string): string[] {
  const words = withoutComments(code).toLowerCase();
  return providerNames.filter((name) => words.includes(name));
}

function violations(): string[] {
  const files = listSources('src/**/*.ts', 'sandbox/**/*.ts');
  expect(files.length).toBeGreaterThan(200);
  return files
    .filter((file) => !allowed.has(file))
    .flatMap((file) => {
      const found = namesIn(readSource(file));
      const foreign = found.filter((name) => !folders.some((folder) => file.startsWith(`${folder}/${name}/`)));
      return foreign.map((name) => `${file} names ${name}`);
    });
}

test('a provider is named in its own folders and the registries, and nowhere else', () => {
  expect(violations()).toEqual([]);
});

test('a name counts in code and in quotes, and not in a comment', () => {
  const [name] = providerNames;
  expect(namesIn(`const at = '${name}';`)).toEqual([name]);
  expect(namesIn(`const url = 'https://${name}.example';`)).toEqual([name]);
  expect(namesIn(`make${name.toUpperCase()}();`)).toEqual([name]);
  expect(namesIn(`// as ${name} does\n/* and ${name} */ const text = 'https://a.b'; // ${name}`)).toEqual([]);
});

test('every registry has a place for every provider of the catalogue', () => {
  for (const file of allowed) {
    expect([file, namesIn(readSource(file))]).toEqual([file, [...providerNames]]);
  }
  expect(Object.keys(abilities)).toEqual([...providerNames]);
});
