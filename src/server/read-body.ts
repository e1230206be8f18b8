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
