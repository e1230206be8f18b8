// Shows that the simulator finds what is planted: runs its seeds with each plant until one fails, and writes a table.
//   tools/rt node test/simulation/plants/table.ts [--seeds 300] [--from 1] [--only NAME,NAME] [--out FILE]
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { minute, second } from '#kernel/clock.ts';
import { getPlant, plants } from './catalogue.ts';
import { findPlant, type RunSeeds, readRun, type Search } from './find-plant.ts';
import type { Plant } from './plant.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const simulator = 'test/simulation/main.ts';
/** So many simulators run at the same time. */
const concurrency = 2;
/** A plant may make the product spin. */
const runMaxMs = 20 * minute;

interface Row {
  plant: Plant;
  search: Search;
  tookMs: number;
}

const runSeeds: RunSeeds = async ({ plant, from, seeds }) => {
  const planted = plant === null ? [] : ['--plant', plant];
  const range = ['--from', String(from), '--seeds', String(seeds)];
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
  const found = await findPlant(runSeeds, { plant: plant.name, ...query });
  const row = { plant, search: found, tookMs: performance.now() - startedAt };
  process.stderr.write(`${plant.name}: ${resultOf(found)}, ${Math.round(row.tookMs / second)} s\n`);
  return row;
}

/** In the order of the catalogue. */
async function searchAll(wanted: readonly Plant[], query: { from: number; seedsMax: number }): Promise<Row[]> {
  const rows = new Map<Plant, Row>();
  const queue = wanted.values();
  const work = async (): Promise<void> => {
    for (const plant of queue) rows.set(plant, await search(plant, query));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return wanted.flatMap((plant) => rows.get(plant) ?? []);
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
    plant.sentence,
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

/** That the simulation itself came to an end, which it calls 0, is no find. */
function isFound(found: Search): found is Extract<Search, { kind: 'found' }> {
  return found.kind === 'found' && found.invariants.some((invariant) => invariant !== '0');
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
  },
});
const wanted = values.only === undefined ? plants : values.only.split(',').map(getPlant);
const rows = await searchAll(wanted, { from: Number(values.from), seedsMax: Number(values.seeds) });
const table = drawTable(rows);
if (values.out === undefined) process.stdout.write(table);
else writeFileSync(values.out, table);
process.exitCode = rows.every(({ search: found }) => isFound(found)) ? 0 : 1;
