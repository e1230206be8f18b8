import { html } from 'hono/html';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { ApiCall, DeliveryOutcome, ProviderRecord, WebhookDelivery } from '../contract.ts';
import type { Stations } from '../station.ts';
import type { Html } from './frame.ts';
import { makers } from './layout.ts';

// The part of the control page that moves.

const rowsMax = 15;
const outcomes: Readonly<Record<DeliveryOutcome, string>> = {
  delivered: 'delivered',
  refused: 'refused',
  unreachable: 'no answer',
  dropped: 'lost on purpose',
  no_target: 'no address',
};

export function livePart(stations: Stations, nowMs: number): Html {
  const all = providerNames.map((name) => stations[name]);
  const records = newest(
    all.flatMap(({ provider }) => provider.records().slice(0, rowsMax)),
    (it) => it.createdAtMs,
  );
  const deliveries = newest(
    all.flatMap(({ deliveries: { log } }) => log.slice(-rowsMax).toReversed()),
    (it) => it.atMs,
  );
  const calls = newest(
    all.flatMap(({ calls: log, provider }) =>
      log.calls
        .slice(-rowsMax)
        .toReversed()
        .map((call) => ({ ...call, provider: provider.name })),
    ),
    (it) => it.atMs,
  );
  return html`
<h2>Checkouts</h2>
${table(
  ['Provider', 'Checkout', 'Order', 'Status', 'Amount', 'Paid', 'Age'],
  records.map((record) => recordRow(record, nowMs)),
)}
<h2>Webhooks</h2>
${table(
  ['Provider', 'Event', 'Checkout', 'Attempt', 'Outcome', 'Age'],
  deliveries.map((it) => deliveryRow(it, nowMs)),
)}
<h2>API calls</h2>
${table(
  ['Provider', 'Call', 'Answer', 'Fault', 'Age'],
  calls.map((it) => callRow(it, nowMs)),
)}`;
}

const numeric = ['Amount', 'Paid', 'Attempt', 'Age'];

function table(heads: readonly string[], rows: readonly Html[]): Html {
  const empty = html`<tr><td class="dim" colspan="${heads.length}">Nothing yet</td></tr>`;
  return html`<div class="scroll"><table><thead><tr>${heads.map((head) => html`<th class="${numeric.includes(head) ? 'num' : ''}">${head}</th>`)}</tr></thead>
<tbody>${rows.length === 0 ? empty : rows}</tbody></table></div>`;
}

function recordRow(record: ProviderRecord, nowMs: number): Html {
  const exception = record.exception === '' ? '' : html` <span class="no">${record.exception}</span>`;
  return html`<tr data-testid="checkout-${record.reference}">${maker(record.provider)}
<td class="mono"><a href="${record.checkoutUrl}" target="_blank">${record.reference}</a></td>
<td>${orderLabel(record) ?? html`<span class="dim">${record.isForeign ? 'made elsewhere' : '–'}</span>`}</td>
<td>${record.status}${exception}</td>
<td class="num">${record.amount} ${record.currency}</td><td class="num">${record.paid}</td>
<td class="num dim">${age(record.createdAtMs, nowMs)}</td></tr>`;
}

/** The order number, where the shop has sent it along. */
function orderLabel({ metadata, orderId }: ProviderRecord): string | undefined {
  const number = metadata['orderNumber'];
  return typeof number === 'string' ? number : orderId;
}

function deliveryRow(delivery: WebhookDelivery, nowMs: number): Html {
  const tone = delivery.outcome === 'delivered' ? 'ok' : 'no';
  const status = delivery.status === undefined ? '' : ` ${delivery.status}`;
  return html`<tr>${maker(delivery.provider)}<td>${delivery.type}</td><td class="mono">${delivery.reference}</td>
<td class="num">${delivery.attempt === 0 ? '–' : delivery.attempt}</td>
<td class="${tone}">${outcomes[delivery.outcome]}${status}${delivery.willRetry ? ', again later' : ''}</td>
<td class="num dim">${age(delivery.atMs, nowMs)}</td></tr>`;
}

function callRow(call: ApiCall & { provider: ProviderName }, nowMs: number): Html {
  const isGood = call.status !== undefined && call.status < 400;
  return html`<tr>${maker(call.provider)}<td class="mono">${call.method} ${call.path.split('?')[0]}</td>
<td class="${isGood ? 'ok' : 'no'}">${call.status ?? 'none'}</td><td class="no">${call.fault?.replaceAll('_', ' ') ?? ''}</td>
<td class="num dim">${age(call.atMs, nowMs)}</td></tr>`;
}

function maker(name: ProviderName): Html {
  return html`<td class="${name}"><span class="dot"></span>${makers[name]}</td>`;
}

function newest<T>(items: readonly T[], time: (item: T) => number): T[] {
  return items.toSorted((a, b) => time(b) - time(a)).slice(0, rowsMax);
}

function age(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}
