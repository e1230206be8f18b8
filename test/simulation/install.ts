// Prepares this process for simulated histories; must be the first module that it loads. What is replaced here, and nothing else, is
// not the product's own code: timers and clocks of the runtime, the HTTP clients of its libraries, and the drawing of charts, which a
// thread pool does in its own time.
import { registerHooks } from 'node:module';
import { installGlobals } from './engine/globals.ts';
import { watchDriver } from './machine/disk.ts';

const standIns: ReadonlyMap<string, string> = new Map([
  ['node-fetch', import.meta.resolve('./machine/stand-ins/node-fetch.cjs')],
  ['@resvg/resvg-js', import.meta.resolve('./machine/stand-ins/resvg.ts')],
]);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const url = standIns.get(specifier);
    return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
  },
});
installGlobals();
watchDriver();
