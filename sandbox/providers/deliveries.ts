import type { ProviderName } from '#kernel/provider-name.ts';
import type { DeliveryOutcome, FaultControls, WebhookDelivery } from './contract.ts';
import { createEarliest } from './earliest.ts';
import type { FaultSource } from './faults.ts';
import type { Post, PostedWebhook, WebhookMessage } from './post.ts';

// Sends the webhooks of one provider. What is due is decided by the clock of the sandbox, so that a test can move time. How
// long a slow or dead receiver is waited for is up to `post`, and meanwhile it holds up only as many as may be on their way
// at once, or those behind it where the provider itself sends one after the other.

const deliveriesMax = 2_000;
/** Long enough for the events of one visit to gather, short enough for somebody at the control page. */
const reorderHoldMs = 300;

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
  readonly announcedAtMs: number;
  attempt: number;
  dueAtMs: number;
}

export interface DeliveriesOptions {
  readonly provider: ProviderName;
  readonly now: () => number;
  /** By which webhooks are held back for reordering. */
  readonly holdNow: () => number;
  readonly post: Post;
  /** How many may be on their way at the same time. */
  readonly atOnceMax: number;
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
  /** When `worker` would next do something: the past if something is due, undefined if nothing waits. */
  nextDueAt(): number | undefined;
  /** Ends the waiting of webhooks that are held for reordering. */
  release(): void;
  hasWork(): boolean;
  /** Events of which an attempt is still to be made, or is on its way. */
  waiting(): readonly WebhookEvent[];
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
  readonly #sending = new Map<Pending, Promise<void>>();
  readonly #atOnceMax: number;
  #url: string | undefined;
  readonly #queue: Pending[] = [];
  readonly #held: Pending[] = [];
  #heldUntilMs = 0;
  #start: Promise<void> | undefined;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#controls = options.faults.controls;
    this.#atOnceMax = options.policy.isOneQueue ? 1 : options.atOnceMax;
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
    const loss = this.#lossOf(event, copies.length);
    if (loss !== undefined) {
      this.#note({ event, attempt: 0, outcome: loss, message: event.render(1) });
      return;
    }
    if (this.#held.length === 0) this.#heldUntilMs = this.#options.holdNow() + reorderHoldMs;
    const announcedAtMs = this.#options.now();
    for (const { delayMs, isHeld } of copies) {
      (isHeld ? this.#held : this.#queue).push({ event, announcedAtMs, attempt: 0, dueAtMs: announcedAtMs + delayMs });
    }
    this.worker();
  }

  release(): void {
    this.#unhold();
    this.worker();
  }

  worker(): void {
    if (this.#held.length > 0 && this.#heldUntilMs <= this.#options.holdNow()) this.#unhold();
    if (this.#stopping.signal.aborted || this.#nextDue() === undefined) return;
    // The turn of the event loop lets the code that caused the event finish before the receiver gets it.
    this.#start ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#start = undefined;
      this.#sendDue();
    });
  }

  nextDueAt(): number | undefined {
    const { now, holdNow, policy } = this.#options;
    const due = createEarliest();
    if (this.#held.length > 0) due.note(this.#heldUntilMs - holdNow() + now());
    // During an outage nothing is sent; its end is up to whoever began it.
    if (this.#controls.outage || this.#sending.size >= this.#atOnceMax) return due.atMs();
    for (const pending of policy.isOneQueue ? this.#queue.slice(0, 1) : this.#queue) {
      if (!this.#sending.has(pending)) due.note(pending.dueAtMs);
    }
    return due.atMs();
  }

  hasWork(): boolean {
    const isSending = this.#start !== undefined || this.#sending.size > 0;
    return isSending || this.#held.length > 0 || this.#nextDue() !== undefined;
  }

  waiting(): readonly WebhookEvent[] {
    return [...this.#held, ...this.#queue].map(({ event }) => event);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#start, ...this.#sending.values()]);
  }

  #unhold(): void {
    this.#queue.push(...this.#held.splice(0).reverse());
  }

  #sendDue(): void {
    while (!this.#stopping.signal.aborted && this.#sending.size < this.#atOnceMax) {
      const next = this.#nextDue();
      if (next === undefined) return;
      const sending = this.#send(next).finally(() => {
        this.#sending.delete(next);
        this.#sendDue();
      });
      this.#sending.set(next, sending);
    }
  }

  /** The first that is due and not on its way. */
  #nextDue(): Pending | undefined {
    if (this.#controls.outage) return undefined;
    const now = this.#options.now();
    const isDue = (pending: Pending) => pending.dueAtMs <= now && !this.#sending.has(pending);
    return (this.#options.policy.isOneQueue ? this.#queue.slice(0, 1) : this.#queue).find(isDue);
  }

  async #send(pending: Pending): Promise<void> {
    const { event } = pending;
    const { policy, now } = this.#options;
    pending.attempt += 1;
    const message = event.render(pending.attempt);
    const url = this.#target(event);
    const posted = { ...message, reference: event.reference, announcedAtMs: pending.announcedAtMs };
    const status = url === undefined ? undefined : await this.#post(url, posted);
    const delayMs = policy.delaysMs.slice(0, policy.retriesMax)[pending.attempt - 1];
    const isAccepted = status !== undefined && policy.isAccepted(status);
    const willRetry = !isAccepted && delayMs !== undefined && policy.isWorthRetrying(status);
    if (willRetry) pending.dueAtMs = now() + delayMs;
    else this.#queue.splice(this.#queue.indexOf(pending), 1);
    this.#note({ event, attempt: pending.attempt, outcome: outcomeOf(status, isAccepted), status, willRetry, message });
  }

  async #post(url: string, message: PostedWebhook): Promise<number | undefined> {
    try {
      return await this.#options.post(url, message, this.#stopping.signal);
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
