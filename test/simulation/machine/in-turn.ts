// Work that comes one piece at a time, whatever it takes inside: a piece begins when everything else is at rest, and its result is
// handed on when everything that it set off is. So its inner steps, of which each engine has its own, order nothing else.
import { type Outside, settle, settleAfter } from '../engine/settle.ts';

export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createInTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let done = Promise.withResolvers<void>();
  const work: Outside = () => (waiting === 0 ? undefined : done.promise);
  settleAfter(work);
  const atRest = (): Promise<void> => settle({ besides: work });

  async function take<Result>(before: Promise<unknown>, run: () => Promise<Result>): Promise<Result> {
    await before;
    await atRest();
    try {
      return await run();
    } finally {
      await atRest();
      waiting -= 1;
      if (waiting === 0) done.resolve();
    }
  }

  return (run) => {
    if (waiting === 0) done = Promise.withResolvers();
    waiting += 1;
    const result = take(last, run);
    last = result.catch(() => undefined);
    return result;
  };
}
