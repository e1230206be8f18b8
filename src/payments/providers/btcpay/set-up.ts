import { z } from 'zod';
import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import type { SetUpQuestion } from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import { idText, unixSeconds } from '../kit/body-fields.ts';
import { checkCall, failedCheck } from '../kit/check-call.ts';
import { judgeWebhooks, type WebhookAttempt } from '../kit/check-webhook.ts';
import { entriesOf, understood } from '../kit/list-entries.ts';
import type { BtcpayCall, BtcpayClient } from './client.ts';

const address = 'BTCPAY_URL';
const renewKey = "make a new API key in the account's settings, under Api Keys, and set BTCPAY_API_KEY";

/** A right, and the wider ones that hold it. */
interface Right {
  for: string;
  anyOf: readonly string[];
}

const salesRights: readonly Right[] = [
  { for: 'create invoices', anyOf: ['cancreateinvoice'] },
  { for: 'view invoices', anyOf: ['canviewinvoices', 'canmodifyinvoices'] },
  { for: 'cancel invoices', anyOf: ['canmodifyinvoices'] },
];
const refundRights: readonly Right[] = [
  { for: 'offer refunds', anyOf: ['cancreatenonapprovedpullpayments', 'cancreatepullpayments'] },
  { for: 'find refunds', anyOf: ['canviewpullpayments'] },
  { for: 'withdraw refunds', anyOf: ['canarchivepullpayments'] },
  { for: 'follow refunds', anyOf: ['canviewpayouts', 'canmanagepayouts'] },
];

/** The events that report every change of a payment; the server has more, and some only in new versions. */
const neededEvents = [
  'InvoiceReceivedPayment',
  'InvoiceProcessing',
  'InvoiceExpired',
  'InvoiceSettled',
  'InvoiceInvalid',
];

// What the key may do, and where the store's events go. All of it reads.

/** Enough deliveries to tell an accident from a fault. */
const deliveriesCount = 10;

const keySchema = z.object({ permissions: z.array(z.string()) });
const webhookSchema = z.object({
  id: idText,
  url: z.string(),
  enabled: z.boolean(),
  authorizedEvents: z.object({ everything: z.boolean(), specificEvents: z.array(z.string()).nullish() }),
});
const webhooksSchema = entriesOf(webhookSchema);

const deliverySchema = z.object({ timestamp: unixSeconds, httpCode: z.string().nullish(), status: z.string() });
const deliveriesSchema = entriesOf(deliverySchema).transform((deliveries) =>
  understood(deliveries).map(({ timestamp, httpCode, status }) => ({
    at: timestamp,
    isTaken: status === 'HttpSuccess',
    httpStatus: httpCode ? Number(httpCode) : null,
  })),
);

/** Whether the key is taken and may do what we do, the store is there, and its webhook posts to us. */
export async function checkBtcpaySetUp(
  clients: { invoices: BtcpayClient; call: BtcpayCall },
  about: SetUpQuestion & { storeId: string },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const { invoices, call } = clients;
  let permissions: string[];
  try {
    const request = { operation: 'fetch_rights', method: 'GET', path: '/api-keys/current', signal } as const;
    permissions = (await call({ ...request, schema: keySchema })).permissions;
  } catch (error) {
    // What follows would only fail for the same reason.
    return [failedCheck('key', { error, address, unauthorized: renewKey, refused: `check that ${address} is right` })];
  }
  const others = await Promise.all([checkStore(invoices, signal), checkWebhook(call, about, signal)]);
  return [judgeRights(permissions, about.storeId), ...others];
}

export function judgeRights(permissions: readonly string[], storeId: string): SetUpCheck {
  const held = policiesFor(permissions, storeId);
  const missing = (rights: readonly Right[]): Right[] =>
    rights.filter(({ anyOf }) => !anyOf.some((policy) => held.has(`btcpay.store.${policy}`)));
  const hasAll = held.has('unrestricted') || held.has('btcpay.store.canmodifystoresettings');
  const sales = hasAll ? [] : missing(salesRights);
  const refunds = hasAll ? [] : missing(refundRights);
  const lacking = [...sales, ...refunds];
  if (lacking.length === 0) return okCheck('key', 'has every right that is needed');
  const detail = `may not ${lacking.map((right) => right.for).join(', ')}`;
  const names = lacking.map(({ anyOf: [name] }) => `btcpay.store.${name}`).join(', ');
  const advice = `give the key ${names} for this store`;
  return sales.length > 0 ? errorCheck('key', { detail, advice }) : warningCheck('key', { detail, advice });
}

/** A right is written `policy` for every store, or `policy:storeId` for one. */
function policiesFor(permissions: readonly string[], storeId: string): ReadonlySet<string> {
  const parts = permissions.map((permission) => permission.split(':'));
  return new Set(parts.flatMap(([policy, store]) => (policy && (!store || store === storeId) ? [policy] : [])));
}

function checkStore(client: BtcpayClient, signal: AbortSignal): Promise<SetUpCheck> {
  const refused =
    'check that BTCPAY_STORE_ID is the id in the settings of the store, and that the key is for that store';
  return checkCall('store', {
    address,
    call: () => client.listInvoices({ skip: 0, take: 1 }, signal),
    ok: 'lists its invoices',
    unauthorized: renewKey,
    forbidden: refused,
    refused,
  });
}

async function checkWebhook(
  call: BtcpayCall,
  about: SetUpQuestion & { storeId: string },
  signal: AbortSignal,
): Promise<SetUpCheck> {
  const place = "the store's settings, under Webhooks";
  const root = `/stores/${encodeURIComponent(about.storeId)}/webhooks`;
  const listAttempts = (id: string): Promise<WebhookAttempt[]> => {
    const path = `${root}/${encodeURIComponent(id)}/deliveries?count=${deliveriesCount}`;
    return call({ operation: 'list_deliveries', method: 'GET', path, schema: deliveriesSchema, signal });
  };
  try {
    const request = { operation: 'list_webhooks', method: 'GET', path: root, signal } as const;
    const webhooks = await call({ ...request, schema: webhooksSchema });
    const registered = understood(webhooks).map(({ id, url, enabled, authorizedEvents }) => ({
      url,
      isEnabled: enabled,
      events: authorizedEvents.everything ? ('all' as const) : (authorizedEvents.specificEvents ?? []),
      attempts: () => listAttempts(id),
    }));
    return await judgeWebhooks(registered, {
      webhookUrl: about.webhookUrl,
      needed: neededEvents,
      secret: 'BTCPAY_WEBHOOK_SECRET',
      place,
    });
  } catch (error) {
    const isForbidden = error instanceof ProviderRejected && error.httpStatus === 403;
    if (!isForbidden) return failedCheck('webhook', { error, address, unauthorized: renewKey });
    const advice = `give the key btcpay.store.webhooks.canmodifywebhooks, or see in ${place} that one posts to ${about.webhookUrl ?? 'this server'}`;
    return warningCheck('webhook', { detail: 'unknown: the key may not read webhooks', advice });
  }
}
