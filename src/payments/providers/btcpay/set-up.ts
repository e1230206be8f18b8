import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#kernel/set-up-check.ts';
import type { SetUpQuestion } from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import { failedCheck } from '../kit/set-up-failure.ts';
import { judgeWebhooks } from '../kit/webhook-check.ts';
import type { BtcpayAccountClient } from './account-client.ts';
import type { BtcpayClient } from './client.ts';

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

/** The webhooks of a store that are enough to hear of every change; the server has more, and some only in new versions. */
const neededEvents = [
  'InvoiceReceivedPayment',
  'InvoiceProcessing',
  'InvoiceExpired',
  'InvoiceSettled',
  'InvoiceInvalid',
];

/** Whether the key is taken and may do what we do, the store is there, and its webhook posts to us. */
export async function checkBtcpaySetUp(
  clients: { invoices: BtcpayClient; account: BtcpayAccountClient },
  about: SetUpQuestion & { storeId: string },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const { invoices, account } = clients;
  let permissions: string[];
  try {
    permissions = await account.fetchPermissions(signal);
  } catch (error) {
    // What follows would only fail for the same reason.
    return [failedCheck('key', { error, address, unauthorized: renewKey, refused: `see that ${address} is right` })];
  }
  const others = await Promise.all([checkStore(invoices, signal), checkWebhook(account, about, signal)]);
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

async function checkStore(client: BtcpayClient, signal: AbortSignal): Promise<SetUpCheck> {
  try {
    await client.listInvoices({ skip: 0, take: 1 }, signal);
    return okCheck('store', 'lists its invoices');
  } catch (error) {
    const refused =
      'see that BTCPAY_STORE_ID is the id in the settings of the store, and that the key is for that store';
    return failedCheck('store', { error, address, unauthorized: renewKey, forbidden: refused, refused });
  }
}

async function checkWebhook(
  client: BtcpayAccountClient,
  about: SetUpQuestion,
  signal: AbortSignal,
): Promise<SetUpCheck> {
  const place = "the store's settings, under Webhooks";
  try {
    const webhooks = await client.listWebhooks(signal);
    const registered = webhooks.map(({ id, url, enabled, authorizedEvents }) => ({
      url,
      isEnabled: enabled,
      events: authorizedEvents.everything ? ('all' as const) : (authorizedEvents.specificEvents ?? []),
      attempts: () => client.listDeliveries(id, signal),
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
    return warningCheck('webhook', { detail: 'not seen: the key may not read webhooks', advice });
  }
}
