// Puts one plant into the product as node loads it. It has to be there before the product is: a simulator applies it, and
// imports after that, by `await import`, whatever imports the product.
import { registerHooks } from 'node:module';
import { changeSource, type SourceChange } from '#test/mutation/source-change.ts';

/** What a process ends with whose plant was never loaded: what it found says nothing of the plant. */
export const neverLoaded = 70;

/** Throws, when the file is loaded, where it does not hold what the plant changes; see `neverLoaded` for one that is not. */
export function applyPlant(plant: SourceChange): void {
  const target = new URL(`../../../${plant.file}`, import.meta.url).href;
  let isLoaded = false;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== target) return loaded;
      isLoaded = true;
      return { ...loaded, source: changeSource(textOf(loaded.source), plant) };
    },
  });
  process.on('exit', () => {
    if (isLoaded) return;
    process.stderr.write(`the plant was never loaded: nothing imports ${plant.file} after it was applied\n`);
    process.exitCode = neverLoaded;
  });
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string {
  if (source === undefined) throw new Error('node loaded a file without its source');
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}
