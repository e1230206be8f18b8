// The process: command line, signals, exit code. Everything else is in app/, which is loaded only after the settings
// were found valid, so that a wrong one is reported at once.
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { addEnvironmentFile, boundNameLookups, environment, readTextFile } from '#config/environment.ts';
import { readFileUrl, readPath } from '#config/file-path.ts';
import { loadConfig, loadDatabaseConfig } from '#config/load-config.ts';
import { DatabaseInUse } from '#db/engine/database-errors.ts';

/** The BSD `sysexits` code for a wrong configuration: a supervisor can tell it from a crash. */
const exitConfiguration = 78;
/** `sysexits` again: nothing is wrong, try later. Another process owns the database file. */
const exitTemporaryFailure = 75;
const exitFailure = 1;
const exitUsage = 64;

const stopMaxMs = 25_000;

const environmentFile = '.env';

function refuse(faults: readonly string[]): never {
  for (const fault of faults) console.error(fault);
  if (faults.some((fault) => fault.endsWith(' is required')) && !existsSync(environmentFile)) {
    const example = fileURLToPath(new URL('../.env.example', import.meta.url));
    console.error(`there is no ${environmentFile} in ${process.cwd()}: copy ${example} to it and fill it in`);
  }
  process.exit(exitConfiguration);
}

async function start(words: readonly string[]): Promise<void> {
  if (words.length > 0) refuseUsage('start');
  const loaded = loadConfig(environment, { readFile: readTextFile });
  if (!loaded.ok) refuse(loaded.faults);
  const [{ createApp }, { createStopHandler }, { systemClock }] = await Promise.all([
    import('#app/app.ts'),
    import('#app/stop-on-signal.ts'),
    import('#kernel/clock.ts'),
  ]);
  let unusable: string | undefined;
  const app = await createApp({
    config: loaded.config,
    onUnusable(fault) {
      unusable = fault;
      stop('SIGTERM');
    },
  });
  const stop = createStopHandler({
    stop: () => app.stop(),
    stopMaxMs,
    exit: (code) => (unusable === undefined ? process.exit(code) : refuse([unusable])),
    complain: (what) => console.error(what),
    clock: systemClock,
    elapsed: () => performance.now(),
  });
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  try {
    await app.start();
  } catch (error) {
    await app.stop();
    throw error;
  }
}

async function migrate(words: readonly string[]): Promise<void> {
  if (words.length > 0) refuseUsage('migrate');
  const loaded = loadDatabaseConfig(environment, { readFile: readTextFile });
  if (!loaded.ok) refuse(loaded.faults);
  const { migrateDatabase } = await import('#app/core.ts');
  const applied = await migrateDatabase(loaded.config);
  console.log(`${applied} migrations applied`);
}

async function backup(words: readonly string[]): Promise<void> {
  const { file: target, isForced: mayReplace, database } = readMaintenance('backup', words);
  const { backUpDatabase } = await import('#db/database/back-up-database.ts');
  console.log(await backUpDatabase(database, { target, mayReplace }));
}

async function restore(words: readonly string[]): Promise<void> {
  const { file: source, isForced, database } = readMaintenance('restore', words);
  const { restoreDatabase } = await import('#db/database/restore-database.ts');
  for (const sentence of await restoreDatabase(database, { source, isForced, now: Date.now() })) console.log(sentence);
}

function readMaintenance(command: string, words: readonly string[]) {
  const options = parseWords(words, { force: { type: 'boolean' } });
  const [word, ...others] = options?.positionals ?? [];
  if (options === undefined || word === undefined || others.length > 0) refuseUsage(`${command} FILE [--force]`);
  const file = readFileName(word);
  const loaded = loadDatabaseConfig(environment, { readFile: readTextFile });
  if (!loaded.ok) refuse(loaded.faults);
  return { file, isForced: options.values.force === true, database: loaded.config.database };
}

function readFileName(word: string): string {
  const found = /^file:/i.test(word) ? readFileUrl(word) : readPath(word);
  if ('path' in found) return found.path;
  console.error(`FILE ${found.fault}`);
  process.exit(exitUsage);
}

/** `doctor [--json]`: exit code 0 when there is no error; warnings do not count. */
async function doctor(words: readonly string[]): Promise<void> {
  const options = parseWords(words, { json: { type: 'boolean' } });
  if (options === undefined || options.positionals.length > 0) refuseUsage('doctor [--json]');
  const loaded = loadConfig(environment, { readFile: readTextFile });
  if (!loaded.ok) refuse(loaded.faults);
  boundNameLookups();
  const [{ createSetUpDoctor }, report] = await Promise.all([
    import('#app/doctor.ts'),
    import('#diagnostics/report.ts'),
  ]);
  const found = await createSetUpDoctor({ config: loaded.config, instance: null }).examine();
  if (options.values.json === true) console.log(report.printReportAsJson(found));
  else for (const line of report.printReport(found)) console.log(line);
  console.error(report.sumUpReport(found));
  process.exit(report.isSound(found) ? 0 : exitFailure);
}

/** Undefined when there is an option that the command does not have. */
function parseWords<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true }>> | undefined {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch {
    return undefined;
  }
}

function refuseUsage(usage: string): never {
  console.error(`usage: main.ts ${usage}`);
  process.exit(exitUsage);
}

interface Command {
  usage: string;
  does: string;
  run(words: readonly string[]): Promise<void>;
}

const commands: ReadonlyMap<string, Command> = new Map([
  ['start', { usage: 'start', does: 'runs the product; migrations are applied by themselves', run: start }],
  ['migrate', { usage: 'migrate', does: 'applies the migrations of the database, and ends', run: migrate }],
  ['doctor', { usage: 'doctor [--json]', does: 'checks the set-up, a line each; changes nothing', run: doctor }],
  ['backup', { usage: 'backup FILE [--force]', does: 'copies the database to FILE, also while it runs', run: backup }],
  ['restore', { usage: 'restore FILE [--force]', does: 'puts a copy in place of the database', run: restore }],
]);

function printHelp(): void {
  console.log('usage: npm start, npm run COMMAND, or node src/main.ts COMMAND\n');
  for (const { usage, does } of commands.values()) console.log(`  ${usage.padEnd(24)}${does}`);
  console.log('\nSettings come from the environment and from .env; .env.example lists them all.');
}

const [name = 'start', ...words] = process.argv.slice(2);
if ([name, ...words].some((word) => word === '--help' || word === '-h') || name === 'help') {
  printHelp();
  process.exit(0);
}
enableCompileCache();
const fault = addEnvironmentFile(environmentFile);
if (fault !== undefined) refuse([fault]);
const command = commands.get(name);
if (command === undefined) refuseUsage([...commands.keys()].join(' | '));
try {
  await command.run(words);
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exit(error instanceof DatabaseInUse ? exitTemporaryFailure : exitFailure);
}
