import type { Post } from './deliveries.ts';

const receiverTimeoutMs = 15_000;

/** Over the network; a slow or dead receiver is cut off in real time. */
export const postByFetch: Post = async (url, { headers, body }, stopping) => {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(receiverTimeoutMs)]);
  const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
  await answer.arrayBuffer();
  return answer.status;
};
