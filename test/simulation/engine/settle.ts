// Rest: no promise, immediate or file operation of this process is pending. What is set off at one moment of simulated time has
// ended before the next one comes.

const { setImmediate } = globalThis;
const turn = (resolve: () => void): void => void setImmediate(resolve);
/** Work that takes more turns than this never ends. */
const turnsMax = 1_000_000;
/** Resources that say nothing about work in progress: the terminal, and pipes to who started this process. */
const silent: ReadonlySet<string> = new Set(['TTYWrap', 'PipeWrap', 'TCPSocketWrap', 'MessagePort', 'CloseReq']);

export class NeverAtRest extends Error {
  override readonly name = 'NeverAtRest';
}

/** Work that is in progress though nothing of this process is pending; undefined: there is none. */
export type Outside = () => Promise<void> | undefined;
const outside: Outside[] = [];

/** From now on rest is also that nothing of this is in progress. */
export function settleAfter(work: Outside): void {
  outside.push(work);
}

/** `besides`: work that waits for this rest itself. */
export async function settle({ besides }: { besides?: Outside } = {}): Promise<void> {
  for (let turns = 0; turns < turnsMax; turns += 1) {
    await new Promise<void>(turn);
    const work = progress(besides);
    if (work !== undefined) await work;
    else if (!isBusy()) return;
  }
  throw new NeverAtRest(`still at work after ${turnsMax} turns: ${process.getActiveResourcesInfo().join(', ')}`);
}

function progress(besides: Outside | undefined): Promise<void> | undefined {
  for (const work of outside) {
    const done = work === besides ? undefined : work();
    if (done !== undefined) return done;
  }
  return undefined;
}

function isBusy(): boolean {
  for (const resource of process.getActiveResourcesInfo()) if (!silent.has(resource)) return true;
  return false;
}
