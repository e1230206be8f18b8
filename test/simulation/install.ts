// Prepares this process for simulated histories; must be the first module that it loads. What is replaced here, and nothing else, is
// not the product's own code: timers and clocks of the runtime, the HTTP clients of its libraries, the drawing of charts, which a
// thread pool does in its own time, what prom-client measures of this process, and the process that reads a file through.
import { enableCompileCache, registerHooks } from 'node:module';
import { installGlobals } from './engine/globals.ts';
import { watchDriver } from './machine/disk.ts';

const standIn = (name: string): string => import.meta.resolve(`./machine/stand-ins/${name}`);
const standIns: ReadonlyMap<string, string> = new Map([
  ['node-fetch', standIn('node-fetch.cjs')],
  ['perf_hooks', standIn('perf-hooks.cjs')],
  ['@resvg/resvg-js', standIn('resvg.ts')],
  ['echarts/dist/echarts.esm.min.mjs', standIn('echarts.ts')],
]);
const checksFile = import.meta.resolve('../../src/db/sqlite/check-sqlite.ts');
const childProcess = standIn('child-process.ts');

// Stripping types from the whole product takes a second otherwise, in each process.
enableCompileCache();
registerHooks({
  resolve(specifier, context, nextResolve) {
    // The simulator has processes of its own.
    const isChecks = specifier === 'node:child_process' && context.parentURL === checksFile;
    const url = isChecks ? childProcess : standIns.get(specifier);
    return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
  },
});
installGlobals();
watchDriver();
