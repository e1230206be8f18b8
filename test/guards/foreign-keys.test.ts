// `constructor` and `toString` are in every plain object. A table in which somebody else's word is looked up is a Map, or
// is asked by Object.hasOwn.
import { expect, test } from 'vitest';
import { listSources, readSource } from './source-files.ts';

const plainTable = /^(?:export )?const (\w+): (?:Readonly<|Partial<)*Record<string,[^=]*= \{/gm;

test('no table of texts is a plain object', () => {
  const found = listSources('{src,sandbox}/**/*.ts').flatMap((file) =>
    [...readSource(file).matchAll(plainTable)].map(([, name]) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});
