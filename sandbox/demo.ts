// `npm run demo`: the whole product against the local sandbox, with no accounts and no network.
import { rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { createStopHandler } from '#app/stop-on-signal.ts';
import { systemClock } from '#kernel/clock.ts';
import { readOptions, usage } from './demo/options.ts';

const exitFailure = 1;
const exitUsage = 64;
const stopMaxMs = 8_000;

let folder: string | undefined;
let isStopping = false;
let stopAll = async (): Promise<void> => undefined;

function leave(code: number): never {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

const stop = createStopHandler({
  stop() {
    isStopping = true;
    console.log('\n  Stopping …');
    return stopAll();
  },
  stopMaxMs,
  exit: leave,
  complain: (what) => console.error(what),
  clock: systemClock,
  elapsed: () => performance.now(),
});

async function run(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return;
  }
  if ('fault' in options) {
    console.error(`${options.fault}\n\n${usage}`);
    process.exit(exitUsage);
  }
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGTERM', () => stop('SIGTERM'));
  const { createDemo } = await import('./demo/start.ts');
  const demo = createDemo(options, {
    say: (text) => console.log(text),
    onFolder: (path) => {
      folder = path;
    },
  });
  stopAll = () => demo.stop();
  await demo.start();
}

enableCompileCache();
try {
  await run();
} catch (error) {
  if (!isStopping) {
    console.error(error instanceof Error ? error.message : error);
    leave(exitFailure);
  }
}
