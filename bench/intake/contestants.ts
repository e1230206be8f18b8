/** In the order of the table. `baseline` is what the others are compared with. */
export const contestants = {
  noop: { title: 'no-op Hono route', storesRows: false },
  tillkeeper: { title: 'Tillkeeper (verify, group commit)', storesRows: true },
  'hono-commit': { title: 'Hono, one commit per request', storesRows: true },
  'express-batcher': { title: 'Express 5, our commit batcher', storesRows: true },
  'express-commit': { title: 'Express 5, one commit per request', storesRows: true },
  'fastify-batcher': { title: 'Fastify 5, our commit batcher', storesRows: true },
  'fastify-commit': { title: 'Fastify 5, one commit per request', storesRows: true },
} as const;

export type ContestantName = keyof typeof contestants;

export const baseline = 'noop' satisfies ContestantName;
export const contestantNames = Object.keys(contestants) as ContestantName[];

export function isContestant(name: string | undefined): name is ContestantName {
  return name !== undefined && Object.hasOwn(contestants, name);
}
