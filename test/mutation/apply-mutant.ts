import { basename } from 'node:path';
import type { Plugin } from 'vitest/config';
import { type Mutant, mutantVariable } from './mutant.ts';

/** Whether this run tries a mutant: nothing that it loads may be kept for another run. */
export const triesMutant = process.env[mutantVariable] !== undefined;

/** Changes one file as it is loaded, and nothing on disk; does nothing in an ordinary run. */
export function applyMutant(): Plugin {
  const given = process.env[mutantVariable];
  const mutant = given === undefined ? undefined : (JSON.parse(given) as Mutant);
  return {
    name: 'apply-mutant',
    enforce: 'pre',
    transform(code, id) {
      if (mutant === undefined || !id.endsWith(`/${mutant.file}`)) return undefined;
      if (!code.includes(mutant.from)) throw new Error(`${basename(id)} does not hold what the mutant changes`);
      return { code: code.replace(mutant.from, () => mutant.to), map: null };
    },
  };
}
