// Prepares this process for simulated histories; must be the first module that it loads. What is replaced here, and nothing else, is
// not the product's own code: timers and clocks of the runtime, the HTTP clients of its libraries, the drawing of charts, which a
// thread pool does in its own time, what prom-client measures of this process, the process that reads a file through, and the curve on
// which BitPay's calls are signed.
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
const bitpayFiles: ReadonlySet<string | undefined> = new Set([
  import.meta.resolve('../../src/payments/providers/bitpay/signing.ts'),
  import.meta.resolve('../../sandbox/providers/bitpay/signatures.ts'),
]);
const bitpayCrypto = standIn('bitpay-crypto.ts');

// Stripping types from the whole product takes a second otherwise, in each process.
enableCompileCache();
registerHooks({
  resolve(specifier, context, nextResolve) {
    const url = standInOf(specifier, context.parentURL) ?? standIns.get(specifier);
    return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
  },
});
installGlobals();
watchDriver();

/** What is replaced for one module only. */
function standInOf(specifier: string, importedBy: string | undefined): string | undefined {
  // The simulator has processes of its own.
  if (specifier === 'node:child_process' && importedBy === checksFile) return childProcess;
  return specifier === 'node:crypto' && bitpayFiles.has(importedBy) ? bitpayCrypto : undefined;
}
