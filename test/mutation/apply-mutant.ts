import type { Plugin } from 'vitest/config';
import { mutantVariable } from './mutant.ts';
import { changeSource, type SourceChange } from './source-change.ts';

/** Whether this run tries a mutant: nothing that it loads may be kept for another run. */
export const triesMutant = process.env[mutantVariable] !== undefined;

/** Changes one file as it is loaded, and nothing on disk; does nothing in an ordinary run. */
export function applyMutant(): Plugin {
  const given = process.env[mutantVariable];
  const mutant = given === undefined ? undefined : (JSON.parse(given) as SourceChange);
  return {
    name: 'apply-mutant',
    enforce: 'pre',
    transform(code, id) {
      if (mutant === undefined || !id.endsWith(`/${mutant.file}`)) return undefined;
      return { code: changeSource(code, mutant), map: null };
    },
  };
}
