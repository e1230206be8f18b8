import { formatTable } from '../table.ts';
import type { FileFigures, FilePlan } from './run-file.ts';
import { type Size, totalOf } from './sizes.ts';

/** Bytes of an order. */
const aims = { atRestMax: 3_000, fromWebhookToEndMax: 5_000 } as const;

/** Smaller ones are shown together. */
const shownMin = 10;

export function formatFile({ atRest, fromWebhookToEnd }: FileFigures, plan: FilePlan): string {
  const parts = [
    sized('bytes of an order, at rest', { sizes: atRest, count: plan.orders }),
    sized('bytes of an order, from its webhook until the shop was told', {
      sizes: fromWebhookToEnd,
      count: plan.events,
    }),
  ];
  return parts.join('\n\n');
}

function sized(title: string, { sizes, count }: { sizes: readonly Size[]; count: number }): string {
  const tables = [...new Set(sizes.map(({ table }) => table))].map((table) => {
    const own = sizes.filter((size) => size.table === table);
    const rows = totalOf(own.filter(({ name }) => name === table));
    return { table, rows: rows / count, indices: (totalOf(own) - rows) / count, all: totalOf(own) / count };
  });
  const shown = tables.filter(({ all }) => all >= shownMin).toSorted((left, right) => right.all - left.all);
  const rest = tables.filter(({ all }) => all < shownMin).reduce((sum, { all }) => sum + all, 0);
  return formatTable([
    [title, 'rows', 'indices', 'all'],
    ...shown.map(({ table, rows, indices, all }) => [table, ...[rows, indices, all].map((bytes) => bytes.toFixed(0))]),
    ['all others', '', '', rest.toFixed(0)],
    ['all', '', '', (totalOf(sizes) / count).toFixed(0)],
  ]);
}

export function fileVerdicts({ atRest, fromWebhookToEnd }: FileFigures, plan: FilePlan): string[] {
  const said = (what: string, { bytes, most }: { bytes: number; most: number }): string =>
    `${bytes <= most ? 'reached' : 'MISSED '}  ${bytes.toFixed(0)} bytes of an order ${what}, aim at most ${most}`;
  return [
    said('at rest', { bytes: totalOf(atRest) / plan.orders, most: aims.atRestMax }),
    said('from its webhook until the shop was told', {
      bytes: totalOf(fromWebhookToEnd) / plan.events,
      most: aims.fromWebhookToEndMax,
    }),
  ];
}
