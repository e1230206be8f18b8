import type { IncomingMessage } from 'node:http';

export type ReadBody = { kind: 'read'; bytes: Uint8Array } | { kind: 'too_large' } | { kind: 'broken' };

/** The bytes of the body as they came, and never more than `maxBytes` of them in memory. */
export async function readBody(request: Request, maxBytes: number): Promise<ReadBody> {
  const declared = request.headers.get('content-length');
  if (declared !== null && Number(declared) > maxBytes) return { kind: 'too_large' };
  try {
    // The HTTP parser cuts a body at its declared length; only one of unknown length has to be counted as it comes.
    if (declared === null) return await readCounted(request, maxBytes);
    const bytes = new Uint8Array(await request.arrayBuffer());
    return bytes.byteLength > maxBytes ? { kind: 'too_large' } : { kind: 'read', bytes };
  } catch {
    return { kind: 'broken' };
  }
}

async function readCounted(request: Request, maxBytes: number): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) return { kind: 'too_large' };
    chunks.push(chunk);
  }
  return { kind: 'read', bytes: Buffer.concat(chunks) };
}

/** The same from Node's own request, for the webhook route, which must be fast: no copy for a Request is made. */
export function readIncoming(incoming: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve({ kind: 'too_large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.byteLength;
      if (length <= maxBytes) chunks.push(chunk);
      else resolve({ kind: 'too_large' });
    });
    incoming.on('end', () => {
      const [first = Buffer.alloc(0), ...rest] = chunks;
      resolve({ kind: 'read', bytes: rest.length === 0 ? first : Buffer.concat(chunks) });
    });
    const giveUp = (): void => resolve({ kind: 'broken' });
    incoming.on('error', giveUp);
    // Before the end of the body a close means that the sender has disconnected; after it the promise is settled already.
    incoming.on('close', giveUp);
  });
}
