import { asRefundId, type RefundId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { formatUuid, isRefundId } from './payment-uuid.ts';

const pattern = /(?<![\w-])r-([\w-]{22})(?![\w-])/g;

/** A refund id in 24 characters, for a text that the buyer reads too and that the provider shows again. */
export function correlationTag(refundId: RefundId): string {
  assert(isRefundId(refundId), 'a refund id is not a UUID');
  return `r-${Buffer.from(refundId.replaceAll('-', ''), 'hex').toString('base64url')}`;
}

/** The refund id whose tag such a text ends with; null where there is none. */
export function findCorrelationTag(text: string | null | undefined): RefundId | null {
  const packed = [...(text ?? '').matchAll(pattern)].at(-1)?.[1];
  if (packed === undefined) return null;
  const id = formatUuid(Buffer.from(packed, 'base64url'));
  // Not every text of 22 such letters is an id, and of several that read alike only one was written by us.
  return isRefundId(id) && correlationTag(id) === `r-${packed}` ? asRefundId(id) : null;
}

/** The text cut so that the tag after it still fits; never between the two halves of a character. */
export function withTag(text: string, rule: { tag: string; lengthMax: number }): string {
  const room = rule.lengthMax - rule.tag.length - 1;
  let kept = '';
  for (const character of text.trim()) {
    if (kept.length + character.length > room) break;
    kept += character;
  }
  return `${kept} ${rule.tag}`.trimStart();
}
