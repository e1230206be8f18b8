// What peers cost that ask and do not read: connections that send dozens of requests ahead for the largest public answer, the
// script of the documentation, and then leave the answers where they are.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Pinning, spawnServer } from '../cores.ts';
import { findFreePort, openBenchWorld } from '../process/bench-world.ts';
import { awaitAnswer, mainFile, startFlags } from '../process/run-process.ts';
import { peakMegabytes, residentMegabytes } from '../process-figures.ts';

export interface PeersPlan {
  /** Each in a process of its own. */
  crowds: readonly Crowd[];
  holdMs: number;
  pinning: Pinning;
}

interface Crowd {
  connections: number;
  /** On each of them. */
  requestsAhead: number;
}

export interface PeersRound extends Crowd {
  idleMegabytes: number;
  peakMegabytes: number;
  /** How long another's probe took while they held on; null when it was not answered. */
  probeMs: number | null;
}

const probeMaxMs = 5_000;
const request = 'GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: shop\r\n\r\n';

export async function runPeers(plan: PeersPlan): Promise<PeersRound[]> {
  const rounds: PeersRound[] = [];
  for (const crowd of plan.crowds) rounds.push(await runRound(crowd, plan));
  return rounds;
}

async function runRound(crowd: Crowd, plan: PeersPlan): Promise<PeersRound> {
  const world = await openBenchWorld();
  const port = await findFreePort();
  const child = spawnServer([...startFlags(), mainFile, 'start'], {
    pinning: plan.pinning,
    options: { cwd: world.folder, env: world.environment(port), stdio: ['ignore', 'ignore', 'inherit'] },
  });
  const sockets: Socket[] = [];
  try {
    await awaitAnswer(`http://127.0.0.1:${port}/readyz`, { isOver: () => child.exitCode !== null });
    await sleep(plan.holdMs);
    const idleMegabytes = residentMegabytes(child.pid ?? 0);
    for (let count = 0; count < crowd.connections; count += 1) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
      socket.write(request.repeat(crowd.requestsAhead));
    }
    await sleep(plan.holdMs);
    const probeMs = await probe(`http://127.0.0.1:${port}/livez`);
    return { ...crowd, idleMegabytes, peakMegabytes: peakMegabytes(child.pid ?? 0), probeMs };
  } finally {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
    if (child.exitCode === null) await once(child, 'exit');
    await world.close();
  }
}

async function probe(url: string): Promise<number | null> {
  const startedAt = performance.now();
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(probeMaxMs) })).arrayBuffer();
    return performance.now() - startedAt;
  } catch {
    return null;
  }
}
