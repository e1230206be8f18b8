export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** With what its sender knows of it. */
export interface PostedWebhook extends WebhookMessage {
  readonly reference: string;
  /** When the event happened, however often and how late it is sent. */
  readonly announcedAtMs: number;
}

/** How a webhook leaves: the receiver's status, or undefined if there is no answer; it may reject instead. Ends soon after `signal` does. */
export type Post = (url: string, message: PostedWebhook, signal: AbortSignal) => Promise<number | undefined>;

const receiverTimeoutMs = 15_000;

/** Over the network; a slow or dead receiver is cut off in real time. */
export const postByFetch: Post = async (url, { headers, body }, stopping) => {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(receiverTimeoutMs)]);
  const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
  await answer.arrayBuffer();
  return answer.status;
};
