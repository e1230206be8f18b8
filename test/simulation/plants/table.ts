// Shows that the simulator finds what is planted: runs its seeds with each plant until one fails, and writes a table.
//   tools/rt node test/simulation/plants/table.ts [--seeds 300] [--from 1] [--only NAME,NAME] [--out FILE] [--rows FILE]
// It takes hours. With --rows each result is kept in that file as it comes, and what stands there already is not searched again.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { minute, second } from '#kernel/clock.ts';
import { getPlant, plants } from './catalogue.ts';
import { findPlant, type RunSeeds, readRun, type Search } from './find-plant.ts';
import type { Plant } from './plant.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const simulator = 'test/simulation/main.ts';
/** A plant may make the product spin. */
const runMaxMs = 20 * minute;

interface Row {
  plant: Plant;
  search: Search;
  tookMs: number;
}

const runSeeds: RunSeeds = async ({ plant, from, seeds, days }) => {
  const planted = plant === null ? [] : ['--plant', plant];
  const range = [
    '--from',
    String(from),
    '--seeds',
    String(seeds),
    ...(days === undefined ? [] : ['--days', String(days)]),
  ];
  // One after the other, so that the first that fails is the first.
  const args = [simulator, '--json', '--first', '--workers', '1', ...range, ...planted];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: runMaxMs,
    killSignal: 'SIGKILL',
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return readRun({ status, stdout, stderr });
};

async function search(plant: Plant, query: { from: number; seedsMax: number }): Promise<Row> {
  const startedAt = performance.now();
  const found = await findPlant(runSeeds, { plant: plant.name, days: plant.days, ...query });
  const row = { plant, search: found, tookMs: performance.now() - startedAt };
  process.stderr.write(`${plant.name}: ${resultOf(found)}, ${Math.round(row.tookMs / second)} s\n`);
  return row;
}

interface KeptRow extends Omit<Row, 'plant'> {
  name: string;
}

function readRows(file: string | undefined): Map<string, KeptRow> {
  if (file === undefined || !existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as KeptRow).map((row) => [row.name, row]));
}

/** Calls `onRow` with all that is known, in the order of the catalogue, after each search. */
async function searchAll(
  wanted: readonly Plant[],
  { file, onRow, ...query }: { from: number; seedsMax: number; file: string | undefined; onRow(rows: Row[]): void },
): Promise<Row[]> {
  const kept = readRows(file);
  const rowOf = (plant: Plant): Row[] => {
    const row = kept.get(plant.name);
    return row === undefined ? [] : [{ ...row, plant }];
  };
  for (const plant of wanted) {
    if (kept.has(plant.name)) continue;
    const { plant: _, ...found } = await search(plant, query);
    const row = { name: plant.name, ...found };
    kept.set(plant.name, row);
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`);
    onRow(wanted.flatMap(rowOf));
  }
  return wanted.flatMap(rowOf);
}

function resultOf(found: Search): string {
  switch (found.kind) {
    case 'found':
      return String(found.seeds);
    case 'missed':
      return `not within ${found.seeds}`;
    case 'broken':
      return found.why;
    default:
      return found satisfies never;
  }
}

function drawTable(rows: readonly Row[]): string {
  const cells = rows.map(({ plant, search: found, tookMs }) => [
    `\`${plant.name}\`${plant.isHard ? ' (hard)' : ''}`,
    plant.days === undefined ? plant.sentence : `${plant.sentence} (Histories of ${plant.days} days.)`,
    plant.breaks.join(', '),
    resultOf(found),
    found.kind === 'found' ? found.invariants.join(', ') : '',
    `${(tookMs / second).toFixed(1)} s`,
  ]);
  const head = ['plant', 'what is wrong then', 'should violate', 'found after seeds', 'violated', 'time'];
  const lines = [head, head.map(() => '---'), ...cells].map((row) => `| ${row.map(inCell).join(' | ')} |\n`);
  return `${summaryOf(rows)}\n\n${lines.join('')}`;
}

function summaryOf(rows: readonly Row[]): string {
  const needed = rows.flatMap(({ search: found }) => (isFound(found) ? [found.seeds] : [])).sort((a, b) => a - b);
  const half = needed[Math.floor(needed.length / 2)];
  const within = half === undefined ? '' : `, half of those within ${half} ${half === 1 ? 'seed' : 'seeds'}`;
  return `${needed.length} of ${rows.length} plants are found${within}.`;
}

/** That the simulation itself came to an end, which it calls 0 as well, is no find. */
function isFound(found: Search): found is Extract<Search, { kind: 'found' }> {
  if (found.kind !== 'found') return false;
  return found.invariants.some((invariant) => invariant !== '0') || found.text.startsWith('an error was not expected');
}

function inCell(words: string): string {
  return words.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    only: { type: 'string' },
    out: { type: 'string' },
    rows: { type: 'string' },
  },
});
const wanted = values.only === undefined ? plants : values.only.split(',').map(getPlant);
const { out } = values;
const write = (rows: readonly Row[]): void => {
  if (out !== undefined) writeFileSync(out, drawTable(rows));
};
const rows = await searchAll(wanted, {
  from: Number(values.from),
  seedsMax: Number(values.seeds),
  file: values.rows,
  onRow: write,
});
if (out === undefined) process.stdout.write(drawTable(rows));
else write(rows);
process.exitCode = rows.every(({ search: found }) => isFound(found)) ? 0 : 1;
