// What is kept of refused webhooks. With a wrong secret here, real events look like forgeries and are refused: a
// delivery that may verify later is kept unchanged, so that it can be received once the secret is right.
import { createHash } from 'node:crypto';
import { raiseCase } from '#cases/raise-case.ts';
import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import type { ProviderRegistry, WebhookDelivery, WebhookRefusal } from '../ports/payment-provider.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { keptHeaders } from './kept-headers.ts';
import { createTokenBucket } from './token-bucket.ts';

/**
 * Limits what an unauthenticated sender can make us store: one row a second for each provider, and sixty at once; and
 * as many again of those that carry a signature, so that unsigned noise does not use up their limit. Beyond it a
 * refusal is only counted: a shop has more real events a minute only in a rush, and its provider repeats refused ones.
 */
const keptPerMinute = 60;
const bounds = { rowsMax: 200, bytesMax: 2 * 1024 * 1024 } as const;

/** The largest webhook of any provider is about 4 KiB. */
const bodyBytesMax = 16 * 1024;

/** How often the card of the alert is updated; Telegram takes about twenty edits a minute. */
const raiseEveryMs: Milliseconds = minute;

const foundByPolling = 'Payments are still found by polling.';
const foundByExport = 'Refused events are not found otherwise: compare with an export.';

/** Whether it may verify under another secret, setting or version: without a signature it never can. */
const mayVerify: Readonly<Record<WebhookRefusal, boolean>> = {
  signature_wrong: true,
  body_malformed: true,
  not_ours: true,
  signature_missing: false,
  signature_malformed: false,
  header_missing: false,
  // The secret path that it was sent to is not kept.
  address_wrong: false,
  // Verified at the time of its arrival, as it was then.
  too_old: false,
  too_new: false,
};

export type QuarantineWebhook = (input: {
  provider: ProviderName;
  delivery: WebhookDelivery;
  reason: WebhookRefusal;
}) => Promise<void>;

export function createWebhookQuarantine(deps: ProviderDeps): QuarantineWebhook {
  const bucket = createTokenBucket(deps.clock, { perMinute: keptPerMinute });
  const raisedAt = new Map<ProviderName, Milliseconds>();
  return async (refused) => {
    const { provider, delivery, reason } = refused;
    const isHopeful = mayVerify[reason];
    if (!bucket.take(`${provider}:${isHopeful}`)) return;
    const elapsed = deps.clock.elapsed();
    const isRaised = elapsed - (raisedAt.get(provider) ?? Number.NEGATIVE_INFINITY) < raiseEveryMs;
    if (!isRaised) raisedAt.set(provider, elapsed);
    const isWhole = isHopeful && delivery.body.byteLength <= bodyBytesMax;
    await inTransaction(deps, causeOf({ kind: 'provider', id: provider }), async (tx) => {
      await tx.stores.quarantine.quarantine(
        {
          id: deps.ids.newId(),
          source: provider,
          receivedAt: deps.clock.now(),
          reason,
          bodyHash: createHash('sha256').update(delivery.body).digest('hex'),
          bodyBytes: delivery.body.byteLength,
          headers: keptHeaders(delivery.headers),
          body: isWhole ? delivery.body : null,
        },
        bounds,
      );
      if (!isRaised) await raiseRefusedAlert(tx, { provider, reason, providers: deps.providers });
    });
  };
}

const badSignature = {
  headline: 'Webhooks with a bad signature',
  advice: 'If you changed the webhook secret at the provider, change it here too.',
  takenInOnce: 'the secret is right',
};

/** No secret is to blame: it is checked before the body is read, or cannot be checked without. */
const unreadable = {
  headline: 'Webhooks that cannot be read',
  advice: 'The provider writes them in a form that this version does not know; no secret is to blame.',
  takenInOnce: 'a version that reads them is started',
};

/** Raises one alert for all refused webhooks of one provider. */
async function raiseRefusedAlert(
  tx: PaymentTx,
  input: { provider: ProviderName; reason: WebhookRefusal; providers: ProviderRegistry },
): Promise<void> {
  const { provider, reason } = input;
  const counts = await tx.stores.quarantine.countQuarantined();
  const kept = counts.find(({ source }) => source === provider)?.withBody ?? 0;
  const { headline, advice, takenInOnce } = reason === 'body_malformed' ? unreadable : badSignature;
  const words = kept === 0 ? '' : ` ${kept} of them may be real and are kept: they are taken in once ${takenInOnce}.`;
  const isAsked = input.providers.find(provider)?.capabilities.canFetch !== false;
  const otherwise = isAsked ? foundByPolling : foundByExport;
  await raiseCase(tx, {
    key: refusedKey(provider),
    kind: 'webhook_refused',
    severity: 'warning',
    provider,
    facts: {
      headline,
      detail: `${advice}${words} ${otherwise}`,
      why: `refused: ${reason.replaceAll('_', ' ')}`,
    },
    actions: kept === 0 ? [] : ['check_quarantine'],
  });
}

export function refusedKey(provider: ProviderName): string {
  return `webhook_refused:${provider}`;
}
