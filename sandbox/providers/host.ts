import type { Hono } from 'hono';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { CheckoutView, ForeignInput, ProviderRecord, VisitInput } from './contract.ts';
import type { Deliveries, WebhookEvent } from './deliveries.ts';
import type { RandomIds } from './ids.ts';

/** What a simulated provider is given by the server that carries it. */
export interface ProviderHost {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Scheme, host and port, without a slash at the end. */
  origin(): string;
  readonly ids: RandomIds;
  /** False where signatures by private keys are taken as given, because verifying them costs the most of a call. */
  readonly verifiesSignatures: boolean;
  announce(event: WebhookEvent): void;
  /** Where its webhooks go and the results of their delivery, for a provider whose API shows them. */
  readonly deliveries: Pick<Deliveries, 'log' | 'url' | 'setUrl'>;
}

/** A setting of one provider for the control page and tests, beside the faults that all have. */
export interface Dial {
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  get(): string;
  /** Throws `VisitRefused` for a value that makes no sense. */
  set(value: string): void;
}

/** A sales channel: visitors buy what its seller offers, and the product only receives its webhooks. */
export interface SimulatedShop {
  readonly goods: readonly {
    readonly key: string;
    readonly name: string;
    readonly cents: number;
    readonly currency: string;
  }[];
  /** A visitor buys and pays, and a webhook reports the sale. Throws `VisitRefused`. */
  sell(order: { readonly key: string; readonly email: string }): ProviderRecord;
}

/** What the server needs of a simulated provider. */
export interface SimulatedProvider {
  readonly name: ProviderName;
  /** The API, mounted under `/<name>`. */
  readonly api: Hono;
  /** Throws `VisitRefused`. */
  visit(input: Omit<VisitInput, 'provider'>): void;
  view(reference: string): CheckoutView | undefined;
  /** The reference behind the address of a hosted page: a path below `/<name>`, and its query. */
  findByPage(path: string, query: URLSearchParams): string | undefined;
  /** Newest first. */
  records(): ProviderRecord[];
  createForeign(input: ForeignInput): ProviderRecord;
  /** Lets expiries and confirmations that are due by the clock happen. */
  tick(): void;
  /** When `tick` would next do something, if nothing happens before; later than now right after a `tick`. */
  nextDueAt(): number | undefined;
  readonly dials?: readonly Dial[];
  readonly shop?: SimulatedShop;
  /** Pages beside those of its checkouts, mounted under `/<name>`. */
  readonly pages?: Hono;
}

/** Checkouts kept per provider. The demo may run for days; the oldest finished ones make room. */
const recordsMax = 5_000;

/** Makes room in a store of checkouts for one more. */
export function makeRoom(held: Map<string, unknown>): void {
  while (held.size >= recordsMax) {
    const oldest = held.keys().next();
    if (oldest.done) return;
    held.delete(oldest.value);
  }
}
