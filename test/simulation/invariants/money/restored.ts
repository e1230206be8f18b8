// A backup that was put back has everything that was there when it was made.
import type { Invariant } from '../invariant.ts';

export const restored: Invariant = {
  number: 11,
  promise: 'A backup restored at a random moment loses only what came after it.',
  *always({ world }) {
    for (const { backedUpAt, held, holds } of world.restores) {
      if (held !== holds)
        yield `the backup of ${backedUpAt} had ${held} when it was made, and ${holds} when it was restored`;
    }
  },
  *atRest({ world, rows }) {
    const lostFrom = Math.min(...world.restores.map(({ backedUpAt }) => backedUpAt));
    const ids = new Set(rows<{ id: string }>('select id from orders').map(({ id }) => id));
    for (const { method, path, answers, answeredAt } of world.shop.requests) {
      const answer = answers.at(-1);
      if (method !== 'POST' || path !== '/v1/orders' || answer?.status !== 201) continue;
      if (answeredAt === undefined || answeredAt >= lostFrom) continue;
      const { id } = JSON.parse(answer.text) as { id: string };
      if (!ids.has(id)) yield `order ${id} was answered before the backup, and is lost`;
    }
  },
};
