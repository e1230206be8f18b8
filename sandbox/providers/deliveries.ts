import type { ProviderName } from '#kernel/provider-name.ts';
import type { DeliveryOutcome, FaultControls, WebhookDelivery } from './contract.ts';
import type { FaultSource } from './faults.ts';

// Sends the webhooks of one provider, one after the other. What is due is decided by the clock of the sandbox, so that a
// test can move time; a slow or dead receiver is cut off in real time.

const deliveriesMax = 2_000;
const receiverTimeoutMs = 15_000;
/** Long enough for the events of one visit to gather, short enough for somebody at the control page. */
const reorderHoldMs = 300;

export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebhookEvent {
  readonly reference: string;
  readonly type: string;
  readonly eventId: string;
  /** Where it goes unless another address is set for the whole provider. */
  readonly url: string | undefined;
  /** Called for each attempt, because some providers sign the time or count the attempts. */
  render(attempt: number): WebhookMessage;
}

/** How a provider goes on after a failed attempt. */
export interface RetryPolicy {
  readonly delaysMs: readonly number[];
  /** `status` is undefined if there was no answer. */
  isAccepted(status: number): boolean;
  isWorthRetrying(status: number | undefined): boolean;
  /** Whether an event that waits for its next attempt holds back all later ones. */
  readonly isOneQueue: boolean;
  /** It gives up after so many more attempts, though there are delays left. */
  readonly retriesMax?: number;
}

interface Pending {
  readonly event: WebhookEvent;
  attempt: number;
  dueAtMs: number;
}

export interface DeliveriesOptions {
  readonly provider: ProviderName;
  readonly now: () => number;
  readonly faults: FaultSource;
  readonly policy: RetryPolicy;
  readonly url: string | undefined;
}

export interface Deliveries {
  readonly log: readonly WebhookDelivery[];
  url(): string | undefined;
  setUrl(url: string | undefined): void;
  announce(event: WebhookEvent): void;
  /** Starts sending whatever is due. */
  worker(): void;
  /** Ends the waiting of webhooks that are held for reordering. */
  release(): void;
  hasWork(): boolean;
  /** Attempts that wait for a later moment of the clock. */
  scheduled(): number;
  stop(): Promise<void>;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  return new Sender(options);
}

class Sender implements Deliveries {
  readonly log: WebhookDelivery[] = [];
  readonly #options: DeliveriesOptions;
  readonly #controls: FaultControls;
  readonly #stopping = new AbortController();
  #url: string | undefined;
  #queue: Pending[] = [];
  #held: Pending[] = [];
  #holdTimer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#controls = options.faults.controls;
    this.#url = options.url;
  }

  url(): string | undefined {
    return this.#url;
  }

  setUrl(url: string | undefined): void {
    this.#url = url;
  }

  announce(event: WebhookEvent): void {
    const copies = this.#options.faults.webhookCopies();
    const loss = this.#lossOf(event, copies);
    if (loss !== undefined) this.#note({ event, attempt: 0, outcome: loss, message: event.render(1) });
    if (loss !== undefined) return;
    for (let copy = 0; copy < copies; copy += 1) {
      const pending = { event, attempt: 0, dueAtMs: this.#options.now() + this.#controls.delayWebhooksMs };
      (this.#controls.reorderWebhooks ? this.#held : this.#queue).push(pending);
    }
    if (this.#held.length > 0) this.#holdTimer ??= setTimeout(() => this.release(), reorderHoldMs);
    this.worker();
  }

  release(): void {
    clearTimeout(this.#holdTimer);
    this.#holdTimer = undefined;
    this.#queue.push(...this.#held.reverse());
    this.#held = [];
    this.worker();
  }

  worker(): void {
    if (this.#stopping.signal.aborted) return;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  hasWork(): boolean {
    return this.#sending !== undefined || this.#held.length > 0 || this.#nextDue() !== undefined;
  }

  scheduled(): number {
    return this.#queue.length;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#holdTimer);
    this.#stopping.abort();
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    // The turn of the event loop lets the code that caused the event finish before the receiver gets it.
    await new Promise((resolve) => setImmediate(resolve));
    for (let next = this.#nextDue(); next !== undefined; next = this.#nextDue()) {
      if (this.#stopping.signal.aborted) return;
      await this.#send(next);
    }
  }

  #nextDue(): Pending | undefined {
    if (this.#controls.outage) return undefined;
    const now = this.#options.now();
    if (!this.#options.policy.isOneQueue) return this.#queue.find((pending) => pending.dueAtMs <= now);
    const first = this.#queue[0];
    return first !== undefined && first.dueAtMs <= now ? first : undefined;
  }

  async #send(pending: Pending): Promise<void> {
    const { event } = pending;
    const { policy, now } = this.#options;
    pending.attempt += 1;
    const message = event.render(pending.attempt);
    const status = await this.#post(this.#target(event), message);
    const delayMs = policy.delaysMs.slice(0, policy.retriesMax)[pending.attempt - 1];
    const isAccepted = status !== undefined && policy.isAccepted(status);
    const willRetry = !isAccepted && delayMs !== undefined && policy.isWorthRetrying(status);
    if (willRetry) pending.dueAtMs = now() + delayMs;
    else this.#queue.splice(this.#queue.indexOf(pending), 1);
    this.#note({ event, attempt: pending.attempt, outcome: outcomeOf(status, isAccepted), status, willRetry, message });
  }

  async #post(url: string | undefined, { headers, body }: WebhookMessage): Promise<number | undefined> {
    if (url === undefined) return undefined;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(receiverTimeoutMs)]);
    try {
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      // No answer is an outcome here, whatever its cause.
      return undefined;
    }
  }

  #lossOf(event: WebhookEvent, copies: number): DeliveryOutcome | undefined {
    if (copies === 0) return 'dropped';
    return this.#target(event) === undefined ? 'no_target' : undefined;
  }

  #target(event: WebhookEvent): string | undefined {
    return this.#url ?? event.url;
  }

  #note(fact: {
    event: WebhookEvent;
    attempt: number;
    outcome: DeliveryOutcome;
    status?: number | undefined;
    willRetry?: boolean;
    message: WebhookMessage;
  }): void {
    const { event, message } = fact;
    this.log.push({
      provider: this.#options.provider,
      reference: event.reference,
      type: event.type,
      eventId: event.eventId,
      attempt: fact.attempt,
      atMs: this.#options.now(),
      url: this.#target(event),
      outcome: fact.outcome,
      status: fact.status,
      willRetry: fact.willRetry ?? false,
      headers: message.headers,
      body: message.body,
    });
    if (this.log.length > deliveriesMax) this.log.splice(0, this.log.length - deliveriesMax);
  }
}

function outcomeOf(status: number | undefined, isAccepted: boolean): DeliveryOutcome {
  if (status === undefined) return 'unreachable';
  return isAccepted ? 'delivered' : 'refused';
}
