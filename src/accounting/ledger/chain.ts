// Each closing is hashed together with the hash of the one before, so that a closing cannot be changed, left out or
// inserted without every later hash being wrong. The form is described in docs/decisions, so that anybody can compute
// it again.
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '#kernel/json.ts';
import type { Closing, ClosingContent, LedgerEntry, LedgerPayment } from './closing.ts';

/** The first closing has this in place of a hash before it. */
export const chainStart = '0'.repeat(64);

export function contentText(content: ClosingContent): string {
  return canonicalJson(content satisfies JsonObject);
}

export function entryText(booked: LedgerPayment): string {
  return canonicalJson(booked satisfies JsonObject);
}

export function hashLink(link: { previousHash: string; content: string }): string {
  return createHash('sha256').update(`${link.previousHash}\n${link.content}`).digest('hex');
}

/** Over the entries' texts in the order of their payments' ids, each with a line feed after it. */
export interface EntriesHash {
  add(text: string): void;
  end(): { count: number; hash: string };
}

export function createEntriesHash(): EntriesHash {
  const hash = createHash('sha256');
  let count = 0;
  return {
    add(text) {
      hash.update(`${text}\n`);
      count += 1;
    },
    end: () => ({ count, hash: hash.digest('hex') }),
  };
}

/** Why a closing does not follow from the one before. The words for it are the surface's. */
export type BrokenLink =
  | { code: 'closing_missing' | 'does_not_follow'; closing: number }
  | { code: 'wrong_start' | 'content_changed' | 'row_differs' };

/** Undefined where the closing follows from the one before. */
export function brokenLink(before: Closing | undefined, closing: Closing): BrokenLink | undefined {
  const number = (before?.number ?? 0) + 1;
  if (closing.number !== number) return { code: 'closing_missing', closing: number };
  if (closing.previousHash !== (before?.hash ?? chainStart)) {
    return before === undefined ? { code: 'wrong_start' } : { code: 'does_not_follow', closing: before.number };
  }
  if (hashLink(closing) !== closing.hash) return { code: 'content_changed' };
  const content = readContent(closing);
  const isSame =
    content !== undefined &&
    content.number === closing.number &&
    content.day === closing.day &&
    content.timeZone === closing.timeZone &&
    Date.parse(content.closedAt) === closing.closedAt &&
    Date.parse(content.to) === closing.endsAt;
  return isSame ? undefined : { code: 'row_differs' };
}

/** Undefined when the text does not have the form of a closing. */
export function readContent(closing: Pick<Closing, 'content'>): ClosingContent | undefined {
  try {
    const content = JSON.parse(closing.content) as Partial<ClosingContent> | null;
    return content?.format === 1 && Array.isArray(content.providers) ? (content as ClosingContent) : undefined;
  } catch {
    return undefined;
  }
}

/** Entries always have this form; whether one was changed afterwards shows in the hash over it. */
export function readEntry(entry: Pick<LedgerEntry, 'content'>): LedgerPayment {
  return JSON.parse(entry.content) as LedgerPayment;
}
