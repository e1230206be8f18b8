// A closed-loop HTTP/1.1 client on bare sockets: each connection sends its next request when the last one is answered.
import { connect, type Socket } from 'node:net';
import { atShare } from '../statistics.ts';
import type { Deliveries } from './deliveries.ts';

export interface LoadPlan {
  port: number;
  connections: number;
  warmUpMs: number;
  measureMs: number;
  deliveries: Deliveries;
  /** Called with the first answer of the measured time and with the first one after it. */
  onMark(): void;
}

export interface LoadResult {
  /** Answers with 200, warm-up and the last ones in flight included: what must be in the inbox. */
  accepted: number;
  /** Anything else that was answered. */
  refused: number;
  /** Within the measured time. */
  measured: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const headEnd = '\r\n\r\n';
const lastChunk = '0\r\n\r\n';

/** Length of the answer that begins `text`, head and (empty or declared) body; undefined while it is incomplete. */
function answerLength(text: string): number | undefined {
  const end = text.indexOf(headEnd);
  if (end === -1) return undefined;
  const head = text.slice(0, end).toLowerCase();
  const declared = /\r\ncontent-length: (\d+)/.exec(head);
  const isChunked = head.includes('\r\ntransfer-encoding: chunked');
  if (declared === null && !isChunked) throw new Error(`an answer without a length: ${head}`);
  // Hono declares an empty body as chunked.
  const body = isChunked ? lastChunk.length : Number(declared?.[1]);
  const length = end + headEnd.length + body;
  return text.length >= length ? length : undefined;
}

function isDone(state: { text: string }): boolean {
  const length = answerLength(state.text);
  if (length === undefined) return false;
  if (state.text.length > length) throw new Error('an answer nobody asked for');
  return true;
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const { deliveries } = plan;
  const sockets = await Promise.all(Array.from({ length: plan.connections }, () => open(plan.port)));
  const latencies: number[] = [];
  const totals = { next: 0, accepted: 0, refused: 0, measured: 0 };
  const startedAt = performance.now();
  const measureFrom = startedAt + plan.warmUpMs;
  const measureUntil = measureFrom + plan.measureMs;
  const marksDue = [measureFrom, measureUntil];

  const drive = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      const state = { text: '' };
      let sentAt = 0;
      const send = (): void => {
        state.text = '';
        sentAt = performance.now();
        socket.write(deliveries.request(totals.next));
        totals.next += 1;
      };
      const receive = (chunk: string): void => {
        state.text += chunk;
        if (!isDone(state)) return;
        const at = performance.now();
        if (state.text.startsWith('HTTP/1.1 200')) totals.accepted += 1;
        else totals.refused += 1;
        while (marksDue[0] !== undefined && at >= marksDue[0]) {
          marksDue.shift();
          plan.onMark();
        }
        if (at >= measureFrom && at < measureUntil) {
          latencies.push(at - sentAt);
          totals.measured += 1;
        }
        if (at < measureUntil) send();
        else resolve();
      };
      socket.setEncoding('latin1');
      socket.on('data', (chunk: string) => {
        try {
          receive(chunk);
        } catch (error) {
          reject(error);
        }
      });
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the server hung up')));
      send();
    });

  try {
    await Promise.all(sockets.map(drive));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const sorted = Float64Array.from(latencies).sort();
  return {
    accepted: totals.accepted,
    refused: totals.refused,
    measured: totals.measured,
    requestsPerSecond: (totals.measured * 1000) / plan.measureMs,
    p50Ms: atShare(sorted, 0.5),
    p99Ms: atShare(sorted, 0.99),
  };
}
