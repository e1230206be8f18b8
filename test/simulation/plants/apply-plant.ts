// Puts one plant into the product as node loads it. It has to be there before the product is: a simulator applies it, and
// imports after that, by `await import`, whatever imports the product.
import { registerHooks } from 'node:module';
import { changeSource, type SourceChange } from '#test/mutation/source-change.ts';

/**
 * Loads the file with the plant in it; whoever imports it afterwards gets that one. Throws where the file does not hold what the
 * plant changes, or was loaded before.
 */
export async function applyPlant(plant: SourceChange): Promise<void> {
  const target = new URL(`../../../${plant.file}`, import.meta.url).href;
  let isChanged = false;
  const hooks = registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== target) return loaded;
      const source = changeSource(textOf(loaded.source), plant);
      isChanged = true;
      return { ...loaded, source };
    },
  });
  await import(target);
  hooks.deregister();
  if (!isChanged) throw new Error(`${plant.file} was loaded before the plant was applied`);
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string {
  if (source === undefined) throw new Error('node loaded a file without its source');
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}
