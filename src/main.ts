// The process: command line, signals, exit code. Everything else is in app.ts, which is loaded only once the settings are
// known to be good, so that a wrong one is said at once.
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { loadConfig, loadDatabaseConfig } from './config.ts';

/** The BSD `sysexits` code for a wrong configuration: a supervisor can tell it from a crash. */
const exitConfiguration = 78;
const exitFailure = 1;
const exitUsage = 64;

/** Work in hand may take so long to end; then the process leaves it to the next start. */
const stopDeadlineMs = 25_000;

/** One Ctrl-C under npm arrives twice: from the terminal, and handed on by npm. */
const sameKeyPressMs = 300;

const readFile = (path: string): string => readFileSync(path, 'utf8');

function loadEnvironmentFile(): void {
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') refuse([`.env cannot be read (${code ?? 'for an unknown reason'})`]);
  }
}

function refuse(faults: readonly string[]): never {
  for (const fault of faults) console.error(fault);
  process.exit(exitConfiguration);
}

async function start(): Promise<void> {
  const loaded = loadConfig(process.env, { readFile });
  if (!loaded.ok) refuse(loaded.faults);
  const { createApp } = await import('./app.ts');
  const app = await createApp({ config: loaded.config });
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    if (stoppingSince !== undefined) {
      if (signal === 'SIGINT' && performance.now() - stoppingSince < sameKeyPressMs) return;
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
    stoppingSince = performance.now();
    const deadline = setTimeout(() => {
      console.error(`not stopped after ${stopDeadlineMs} ms; leaving the rest to the next start`);
      process.exit(exitFailure);
    }, stopDeadlineMs);
    app.stop().then(
      () => {
        clearTimeout(deadline);
        process.exit(0);
      },
      (error: unknown) => {
        console.error(error);
        process.exit(exitFailure);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await app.start();
}

async function migrate(): Promise<void> {
  const loaded = loadDatabaseConfig(process.env, { readFile });
  if (!loaded.ok) refuse(loaded.faults);
  const { migrateDatabase } = await import('./app-core.ts');
  const applied = await migrateDatabase(loaded.config);
  console.log(`${applied} migrations applied`);
}

const commands: Readonly<Record<string, () => Promise<void>>> = { start, migrate };

enableCompileCache();
loadEnvironmentFile();
const command = commands[process.argv[2] ?? 'start'];
if (command === undefined) {
  console.error(`usage: main.ts ${Object.keys(commands).join(' | ')}`);
  process.exit(exitUsage);
}
try {
  await command();
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exit(exitFailure);
}
