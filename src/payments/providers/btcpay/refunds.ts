// BTCPay Server: Refunds. A refund is an offer (pull payment) whose link the buyer claims. There is no idempotency key, so
// that a lost request which is carried out late leaves two offers under one refund id: one is kept, and the others are
// archived before anybody can claim them.
import { z } from 'zod';
import { asProviderReference, type ProviderReference, type RefundId } from '#kernel/ids.ts';
import { type AssetAmount, ceilShare, compareDecimals, isCurrency, parseMinorCeil, toDecimal } from '#kernel/money.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { ProviderRefund, RefundCommand, RefundProvider, RefundQuery } from '../../ports/refund-provider.ts';
import { correlationTag, findCorrelationTag, withTag } from '../kit/correlation-tag.ts';
import { isUnreadEntry, notUnderstood, type UnreadEntry, understood } from '../kit/list-entries.ts';
import { unsupported } from '../kit/unsupported.ts';
import type { BtcpayClient } from './client.ts';
import { assetOf, type Invoice, payoutMethodsOf } from './invoice.ts';
import {
  type Claim,
  isClaimed,
  type PullPayment,
  type PullPaymentClient,
  stateOf,
  transactionIdsOf,
} from './pull-payments.ts';

/** Of a pull payment's name, as the server checks it. */
const nameMax = 50;
/** How the server names a refund that was made on its pages, and how the description of ours ends. */
const invoicePatterns = [/^Refund (\w{20,})$/, /\(BTCPay invoice (\w{20,})\)$/] as const;

export function createBtcpayRefunds(client: BtcpayClient, pulls: PullPaymentClient): RefundProvider {
  async function readClaims(found: readonly PullPayment[], signal?: AbortSignal): Promise<Claim[]> {
    const claims: Claim[] = [];
    for (const pull of found) claims.push({ pull, payouts: await pulls.listPayouts(pull.id, signal) });
    return claims;
  }

  /** False where the key has no right to archive; then the offer stays open and has to be shown. */
  async function isArchived({ pull }: Claim, signal?: AbortSignal): Promise<boolean> {
    if (pull.archived) return true;
    try {
      await pulls.archive(pull.id, signal);
      return true;
    } catch (error) {
      if (error instanceof ProviderRejected) return false;
      throw error;
    }
  }

  async function showOurs(claims: readonly Claim[], about: { refundId: RefundId; signal: AbortSignal | undefined }) {
    const [kept, ...others] = claims;
    if (kept === undefined) return [];
    const shown = [show(kept, about.refundId)];
    for (const other of others) {
      if (isClaimed(other) || !(await isArchived(other, about.signal))) shown.push(show(other, null));
    }
    return shown;
  }

  return {
    way: 'claimed_by_buyer',
    async requestRefund(command, signal) {
      const { paymentReference, refundId } = command;
      refuseMoreThanPaid(await client.fetchInvoice(paymentReference, signal), command);
      const payoutMethods = payoutMethodsOf(understood(await client.fetchPaymentMethods(paymentReference, signal)));
      const send = (fields: object) => pulls.refundInvoice(paymentReference, JSON.stringify(fields), signal);
      const fields = { ...createFields(command), payoutMethods };
      try {
        return show({ pull: await send(fields), payouts: [] }, refundId);
      } catch (error) {
        const [first] = payoutMethods;
        if (first === undefined || !isAboutOldField(error)) throw error;
        // A server before 2.4 names the field that it misses; it has made nothing, so that this is the first time still.
        const older = { ...fields, payoutMethodId: first, paymentMethod: first };
        return show({ pull: await send(older), payouts: [] }, refundId);
      }
    },
    async findRefunds(query, signal) {
      const { paymentReference, ours, asset } = query;
      const entries = await pulls.listPullPayments(signal);
      const unread = entries.filter(isUnreadEntry).find((entry) => mayBeOf(entry, query));
      if (unread !== undefined) throw notUnderstood('btcpay', { operation: 'find_refunds', entry: unread });
      const listed = understood(entries);
      const shown: ProviderRefund[] = [];
      for (const { refundId, reference } of ours) {
        const claims = await readClaims(
          listed.filter((pull) => ownerOf(pull, query) === refundId),
          signal,
        );
        shown.push(...(await showOurs(claims.sort(byRank(reference)), { refundId, signal })));
      }
      const unmatched = listed.filter((pull) => isAnother(pull, query));
      for (const claim of await readClaims(unmatched, signal)) {
        const amount = await amountInUnit(client, { pull: claim.pull, asset, paymentReference, signal });
        shown.push({ ...show(claim, null), amount });
      }
      return shown;
    },
    async listRefunds({ from, to }, signal) {
      return understood(await pulls.listPullPayments(signal)).flatMap(({ id, name, description, startsAt }) => {
        const [ofServer, ofOurs] = invoicePatterns;
        const invoiceId = (ofServer.exec(name ?? '') ?? ofOurs.exec(description ?? ''))?.[1];
        const isWithin = !startsAt || (startsAt >= from && startsAt < to);
        const found = { paymentReference: asProviderReference(invoiceId ?? ''), reference: id };
        return invoiceId !== undefined && isWithin ? [found] : [];
      });
    },
  };
}

function show(claim: Claim, refundId: RefundId | null): ProviderRefund {
  const { pull } = claim;
  return {
    ...stateOf(claim),
    reference: pull.id,
    refundId,
    amount: { amount: pull.amount, asset: pull.currency },
    claimUrl: pull.viewLink ?? null,
    transactionIds: transactionIdsOf(claim),
    createdAt: pull.startsAt ?? null,
  };
}

/** The id that we know it by comes before the name: names can be changed at the server. */
function ownerOf(pull: PullPayment, { ours }: RefundQuery): RefundId | undefined {
  const known = ours.find(({ reference }) => reference === pull.id);
  if (known !== undefined) return known.refundId;
  const tagged = findCorrelationTag(pull.name);
  return ours.find(({ refundId }) => refundId === tagged)?.refundId;
}

/**
 * Pull payments do not say what they are for; the server itself names a refund `Refund` and the id of the invoice. One of
 * ours that is not asked for has ended, or is forgotten here since a backup was restored; a spare offer was archived.
 */
function isAnother(pull: PullPayment, query: RefundQuery): boolean {
  if (ownerOf(pull, query) !== undefined) return false;
  const isSpare = pull.archived === true && findCorrelationTag(pull.name) !== null;
  return !isSpare && [pull.name, pull.description].some((text) => text?.includes(query.paymentReference));
}

const nameSchema = z.object({ name: z.string().nullish() });

/** Whether a pull payment that is not understood may be for this payment: then nothing may be sent beside it. */
function mayBeOf({ id, body }: UnreadEntry, query: RefundQuery): boolean {
  const named = nameSchema.safeParse(body).data;
  if (named === undefined || query.ours.some(({ reference }) => reference === id)) return true;
  const tagged = findCorrelationTag(named.name);
  return (
    query.ours.some(({ refundId }) => refundId === tagged) || (named.name?.includes(query.paymentReference) ?? false)
  );
}

/** First the one that is kept: where the buyer has money from already, whose link was given out, or else the oldest. */
function byRank(reference: string | null): (left: Claim, right: Claim) => number {
  const rank = (claim: Claim): number => (isClaimed(claim) ? 2 : 0) + (claim.pull.id === reference ? 1 : 0);
  const age = ({ pull }: Claim): number => pull.startsAt ?? Number.POSITIVE_INFINITY;
  return (left, right) =>
    rank(right) - rank(left) || age(left) - age(right) || left.pull.id.localeCompare(right.pull.id);
}

function createFields({ amount, orderNumber, paymentReference, reason, refundId }: RefundCommand) {
  return {
    refundVariant: 'Custom',
    customAmount: amount.amount,
    customCurrency: amount.asset,
    name: withTag(`Refund ${orderNumber}`, { tag: `(${correlationTag(refundId)})`, lengthMax: nameMax }),
    description: `${reason} (BTCPay invoice ${paymentReference})`,
  };
}

/** The server offers any amount, also one that never came. An invoice that was marked settled counts as paid there. */
function refuseMoreThanPaid(invoice: Invoice, { amount }: RefundCommand): void {
  const { paidAmount, currency, additionalStatus } = invoice;
  if (!paidAmount || currency !== amount.asset || additionalStatus === 'Marked') return;
  if (compareDecimals(amount.amount, paidAmount) <= 0) return;
  throw unsupported('btcpay', { operation: 'request_refund', why: `only ${paidAmount} ${currency} came in` });
}

function isAboutOldField(error: unknown): boolean {
  if (!(error instanceof ProviderRejected)) return false;
  return (
    (error.httpStatus === 422 || error.httpStatus === 400) && /\b(payoutMethodId|paymentMethod)\b/i.test(error.message)
  );
}

/**
 * What a refund made at the server itself is worth in the unit of the payment: such a refund is mostly paid in coin, and then
 * it counts as the same share of the invoice as of the amount requested in that coin, rounded up.
 */
async function amountInUnit(
  client: BtcpayClient,
  about: { pull: PullPayment; asset: string; paymentReference: ProviderReference; signal: AbortSignal | undefined },
): Promise<AssetAmount> {
  const { pull, asset, paymentReference, signal } = about;
  if (pull.currency === asset) return { amount: pull.amount, asset };
  const { amount: whole, paidAmount } = await client.fetchInvoice(paymentReference, signal);
  const methods = understood(await client.fetchPaymentMethods(paymentReference, signal));
  const asked = methods.find((method) => assetOf(method) === pull.currency)?.amount;
  const hasRate = asked !== undefined && asked !== null && compareDecimals(asked, '0') > 0;
  if (!whole || !hasRate || !isCurrency(asset)) {
    // Without a rate all of the payment counts as refunded: too much rather than too little.
    return { amount: paidAmount ?? whole ?? '0', asset };
  }
  const amountMinor = ceilShare(parseMinorCeil(whole, asset), { of: pull.amount, in: asked });
  return { amount: toDecimal({ amountMinor, currency: asset }), asset };
}
