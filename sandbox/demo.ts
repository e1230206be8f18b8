// `npm run demo`: the whole product against the local sandbox, with no accounts and no network.
import { rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { readOptions, usage } from './demo/options.ts';

const exitFailure = 1;
const exitUsage = 64;
const stopDeadlineMs = 8_000;
/** One Ctrl-C in a terminal comes twice: from the terminal, and from npm, which passes it on. */
const samePressMs = 300;

let folder: string | undefined;
let stoppingSince: number | undefined;
let stopAll = async (): Promise<void> => undefined;

function leave(code: number): never {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

function stop(signal: NodeJS.Signals): void {
  const code = signal === 'SIGINT' ? 130 : 143;
  const now = performance.now();
  if (stoppingSince !== undefined) {
    if (now - stoppingSince > samePressMs) leave(code);
    return;
  }
  stoppingSince = now;
  console.log('\n  Stopping …');
  setTimeout(() => leave(exitFailure), stopDeadlineMs).unref();
  stopAll().then(
    () => leave(0),
    (error: unknown) => {
      console.error(error);
      leave(exitFailure);
    },
  );
}

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
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
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
  if (stoppingSince === undefined) {
    console.error(error instanceof Error ? error.message : error);
    leave(exitFailure);
  }
}
