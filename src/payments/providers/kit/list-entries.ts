// Lists are read entry by entry: one that is not understood stands among the others as an `UnreadEntry`.
import { createHash } from 'node:crypto';
import { type ZodType, z } from 'zod';
import type { Milliseconds } from '#kernel/clock.ts';
import { asProviderReference, type PaymentId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { oneLine } from '#kernel/text.ts';
import type { ListedPayment, PaymentSnapshot } from '../../model/snapshot.ts';
import { ProviderNotUnderstood } from '../../ports/provider-errors.ts';
import { describeFault } from '../http/fault.ts';

/** What can be told of an entry whatever else is odd in it; null where it cannot. */
export interface EntryIdentity {
  reference: string | null | undefined;
  paymentId: PaymentId | null;
  createdAt: Milliseconds | null | undefined;
}

export class UnreadEntry {
  /** The reference, or else one that is the same for the same entry. */
  readonly id: string;
  readonly reference: string | null;
  readonly paymentId: PaymentId | null;
  readonly createdAt: Milliseconds | null;
  /** What is not understood. */
  readonly what: string;
  /** As it was sent; never shown. */
  readonly body: unknown;

  constructor(identity: EntryIdentity, about: { what: string; body: unknown }) {
    this.reference = identity.reference ?? null;
    this.paymentId = identity.paymentId;
    this.createdAt = identity.createdAt ?? null;
    this.what = about.what;
    this.body = about.body;
    this.id = identity.reference ?? createHash('sha256').update(JSON.stringify(about.body)).digest('hex');
  }
}

export function isUnreadEntry(entry: unknown): entry is UnreadEntry {
  return entry instanceof UnreadEntry;
}

const nothing: EntryIdentity = { reference: null, paymentId: null, createdAt: null };

/** A list of which each entry is read by itself. `identity` is lenient in each of its fields. */
export function entriesOf<Value>(schema: ZodType<Value>, identity?: ZodType<EntryIdentity>) {
  const entry = z.unknown().transform((body): Value | UnreadEntry => {
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    const what = describeFault(read.error, { body, redact: oneLine });
    return new UnreadEntry(identity?.safeParse(body).data ?? nothing, { what, body });
  });
  return z.array(entry);
}

/** For a list of which nothing rests on what is left out. */
export function understood<Value>(entries: readonly (Value | UnreadEntry)[]): Value[] {
  return entries.filter((entry): entry is Value => !isUnreadEntry(entry));
}

/** What the adapter lists: a snapshot of every entry that was read. */
export function listed<Value>(
  provider: ProviderName,
  about: { entries: readonly (Value | UnreadEntry)[]; show(value: Value): PaymentSnapshot },
): ListedPayment[] {
  return about.entries.map((entry) => {
    if (!isUnreadEntry(entry)) return about.show(entry);
    const { paymentId, createdAt, what } = entry;
    const reference = entry.reference === null ? null : asProviderReference(entry.reference);
    return { provider, reference, paymentId, createdAt, unread: what };
  });
}

/** Instead of an answer that rests on an entry that is not understood, or on its absence. */
export function notUnderstood(
  provider: ProviderName,
  about: { operation: string; entry: Pick<UnreadEntry, 'what' | 'paymentId'> },
): ProviderNotUnderstood {
  const { operation, entry } = about;
  const { what, paymentId } = entry;
  const message = `${operation}: the answer is not understood: ${what}`;
  return new ProviderNotUnderstood({ provider, operation, code: null, httpStatus: null, message, what, paymentId });
}
