// One server of the comparison, in a process of its own: `server.ts NAME FILE`. Says its port to the parent and serves
// until it gets a signal to end.
import { type ContestantName, isContestant } from './contestants.ts';
import { startExpress, startFastify, startHono, startNoop } from './peers.ts';
import { commitEach, commitInGroups } from './receivers.ts';
import { startTillkeeper } from './tillkeeper.ts';

const starters: Readonly<Record<ContestantName, (file: string) => Promise<number>>> = {
  noop: () => startNoop(),
  tillkeeper: (file) => startTillkeeper(file),
  'hono-commit': (file) => startHono(commitEach(file)),
  'express-batcher': async (file) => startExpress(await commitInGroups(file)),
  'express-commit': (file) => startExpress(commitEach(file)),
  'fastify-batcher': async (file) => startFastify(await commitInGroups(file)),
  'fastify-commit': (file) => startFastify(commitEach(file)),
};

const [, , name, file] = process.argv;
if (!isContestant(name) || file === undefined) throw new Error('usage: server.ts NAME FILE');
const port = await starters[name](file);
process.send?.({ port });
// An ordinary exit, so that a profile is written when one was asked for.
process.once('message', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
