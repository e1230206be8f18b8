// What a peer may cost. Anybody can open connections, send slowly and not read: a connection holds one answer at a time, and when
// there are too many, the one goes whose peer we have waited for longest. Requests that we work on are never cut off.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Milliseconds } from '#kernel/clock.ts';

export interface PeerLimits {
  /** Connections at the same time. */
  connectionsMax: number;
  /** Requests that were sent on one connection and not answered yet. Proxies, shops and providers send one at a time. */
  pipelinedMax: number;
  /** How long a peer may take no byte of an answer that waits for it. */
  unreadMaxMs: Milliseconds;
}

/** Why a connection was cut: too many of them, too many requests on it, or an answer that was not read. */
export type CutReason = 'crowded' | 'pipelined' | 'unread';

export interface Peers {
  /** For each new connection. */
  admit(socket: Socket): void;
  /** Hands requests on, those of one connection one after the other. */
  serve(listener: RequestListener): RequestListener;
}

interface Peer {
  /** Requests without an answer, the one in work included. */
  unanswered: number;
  /** Requests that wait until the answer before theirs was read. */
  queue: (() => void)[];
}

export function createPeers(limits: PeerLimits, onCut: (reason: CutReason) => void): Peers {
  const peers = new Map<Socket, Peer>();
  /** Connections where the next move is the peer's: the longest wait first. */
  const awaited = new Set<Socket>();

  function forget(socket: Socket): void {
    // Nobody is there for the answers.
    peers.get(socket)?.queue.splice(0);
    peers.delete(socket);
    awaited.delete(socket);
  }

  function cut(socket: Socket, reason: CutReason): void {
    forget(socket);
    socket.destroy();
    onCut(reason);
  }

  function awaitPeer(socket: Socket): void {
    awaited.delete(socket);
    if (peers.has(socket)) awaited.add(socket);
  }

  function begin(listener: RequestListener, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { socket } = incoming;
    socket.setTimeout(0);
    if (hasBody(incoming)) incoming.once('end', () => awaited.delete(socket));
    else awaited.delete(socket);
    // Node emits it when the whole answer was written; the time counts from the last byte that the peer took.
    outgoing.once('prefinish', () => {
      awaitPeer(socket);
      socket.setTimeout(limits.unreadMaxMs);
    });
    void listener(incoming, outgoing);
  }

  return {
    admit(socket) {
      peers.set(socket, { unanswered: 0, queue: [] });
      socket.once('close', () => forget(socket));
      socket.once('timeout', () => {
        if (socket.writableLength > 0) cut(socket, 'unread');
      });
      awaitPeer(socket);
      const [longest] = awaited;
      if (peers.size > limits.connectionsMax && longest !== undefined) cut(longest, 'crowded');
    },
    serve: (listener) => (incoming, outgoing) => {
      const { socket } = incoming;
      const peer = peers.get(socket);
      // The connection was cut while the rest of what it had sent was being parsed.
      if (peer === undefined) return;
      if (peer.unanswered >= limits.pipelinedMax) {
        cut(socket, 'pipelined');
        return;
      }
      peer.unanswered += 1;
      outgoing.once('close', () => {
        peer.unanswered -= 1;
        peer.queue.shift()?.();
      });
      const work = (): void => begin(listener, incoming, outgoing);
      if (peer.unanswered === 1) work();
      else peer.queue.push(work);
    },
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
