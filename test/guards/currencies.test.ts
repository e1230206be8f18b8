import { expect, test } from 'vitest';
import { listSources, readSource } from './source-files.ts';

test('no amount depends on the locale data of the runtime', () => {
  const depending = listSources('{src,sandbox}/**/*.ts').filter((file) =>
    /maximumFractionDigits|supportedValuesOf\('currency'\)|style: 'currency'/.test(readSource(file)),
  );
  expect(depending).toEqual([]);
});
