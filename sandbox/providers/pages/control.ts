import { html } from 'hono/html';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { allFaultKinds, type FaultSettings } from '../contract.ts';
import type { Dial } from '../host.ts';
import { shopNames } from '../registry.ts';
import type { Stations } from '../station.ts';
import type { Html } from './frame.ts';
import { makers, page } from './layout.ts';
import { livePart } from './live.ts';

type SelectName =
  | 'failRate'
  | 'dropWebhooks'
  | 'duplicateWebhooks'
  | 'duplicateWebhooksRate'
  | 'delayWebhooksMs'
  | 'delayWebhooksRate'
  | 'delayWebhooksSpread'
  | 'reorderWebhooksRate'
  | 'retryAfterSeconds'
  | 'refuseWith'
  | 'lateMs';

const rates = [0, 0.1, 0.3, 0.5, 1];
const shares = [0.1, 0.3, 0.5, 1];
const percent = (value: number) => `${Math.round(value * 100)} %`;
const selects: Readonly<Record<SelectName, { values: readonly number[]; text: (value: number) => string }>> = {
  failRate: { values: rates, text: percent },
  dropWebhooks: { values: rates, text: percent },
  duplicateWebhooks: { values: [0, 1, 2, 5], text: (value) => (value === 0 ? 'none' : `${value} more`) },
  delayWebhooksMs: { values: [0, 1_000, 5_000, 30_000, 120_000], text: (value) => `${value / 1000} s` },
  duplicateWebhooksRate: { values: shares, text: percent },
  delayWebhooksRate: { values: shares, text: percent },
  delayWebhooksSpread: { values: rates, text: percent },
  reorderWebhooksRate: { values: shares, text: percent },
  refuseWith: { values: [0, 401, 403, 404, 410], text: (value) => (value === 0 ? 'nothing' : `all: ${value}`) },
  retryAfterSeconds: { values: [1, 2, 5, 30], text: (value) => `${value} s` },
  lateMs: { values: [5_000, 60_000, 600_000, 1_800_000], text: (value) => `${value / 1000} s` },
};

interface Row {
  readonly name: keyof FaultSettings;
  readonly title: string;
  readonly hint: string;
}

const rows: readonly Row[] = [
  { name: 'outage', title: 'Total outage', hint: 'API cut off, pages down, webhooks wait' },
  { name: 'refuseWith', title: 'Refuses', hint: 'as one that has closed, or knows no key' },
  { name: 'failRate', title: 'API calls that fail', hint: 'in one of the ways below' },
  { name: 'failKinds', title: 'How they fail', hint: '“after”: done, the answer is lost; “late”: done long after' },
  { name: 'lateMs', title: 'How late “late” is', hint: '' },
  { name: 'retryAfterSeconds', title: 'Retry-After of a 429', hint: '' },
  { name: 'dropWebhooks', title: 'Webhooks lost', hint: 'never sent' },
  { name: 'duplicateWebhooks', title: 'Webhooks repeated', hint: 'the same event again' },
  { name: 'duplicateWebhooksRate', title: 'How many are repeated', hint: '' },
  { name: 'delayWebhooksMs', title: 'Webhooks late', hint: '' },
  { name: 'delayWebhooksRate', title: 'How many are late', hint: '' },
  { name: 'delayWebhooksSpread', title: 'Chance in how late', hint: '0: all as late; 100 %: by any part of it' },
  { name: 'reorderWebhooks', title: 'Webhooks out of order', hint: 'youngest first' },
  { name: 'reorderWebhooksRate', title: 'How many out of order', hint: '' },
];

export function controlPage(stations: Stations, nowMs: number): Html {
  const body = html`<main class="control">
<h1>Simulated payment providers</h1>
<p>Providers as strict as the real ones. Break them here and see what the shop makes of it. ${shopNames.map((name) => html`<a href="/${name}">The shop at ${makers[name]}</a>`)}</p>
<div class="scroll"><table class="faults">
<thead><tr><th>Fault</th>${providerNames.map((name) => html`<th class="${name}">${makers[name]}</th>`)}</tr></thead>
<tbody>${rows.map((row) => faultRow(stations, row))}
${providerNames.flatMap((name) => (stations[name].provider.dials ?? []).map((dial) => dialRow(name, dial)))}
<tr><th>All of them<small>as at the start</small></th>${providerNames.map((name) => html`<td><button class="calm" aria-label="${named(name, 'No faults')}" data-provider="${name}" data-testid="fault-${name}-reset">No faults</button></td>`)}</tr>
</tbody></table></div>
<div id="live">${livePart(stations, nowMs)}</div>
</main>`;
  return page({ title: 'Simulated payment providers', theme: '', body, script });
}

function faultRow(stations: Stations, row: Row): Html {
  return html`<tr><th>${row.title}<small>${row.hint}</small></th>${providerNames.map((provider) => {
    const settings = stations[provider].faults.controls.get();
    return html`<td class="${provider}">${control(provider, { row, settings })}</td>`;
  })}</tr>`;
}

function dialRow(owner: ProviderName, dial: Dial): Html {
  const input = html`<input aria-label="${named(owner, dial.title)}" value="${dial.get()}" data-provider="${owner}" data-dial="${dial.name}"
data-testid="dial-${owner}-${dial.name}">`;
  return html`<tr><th>${dial.title}<small>${dial.hint}</small></th>${providerNames.map(
    (provider) => html`<td class="${provider}">${provider === owner ? input : ''}</td>`,
  )}</tr>`;
}

/** What a control is called to those who do not see in which row and column it stands. */
function named(provider: ProviderName, title: string): string {
  return `${makers[provider]}: ${title}`;
}

function control(provider: ProviderName, { row, settings }: { row: Row; settings: FaultSettings }): Html {
  const { name } = row;
  const label = named(provider, row.title);
  if (name === 'outage' || name === 'reorderWebhooks') {
    return html`<label class="switch"><input type="checkbox" aria-label="${label}" data-provider="${provider}" data-fault="${name}"
data-testid="fault-${provider}-${name}" ${settings[name] ? 'checked' : ''}></label>`;
  }
  if (name === 'failKinds') return kinds(provider, { label, settings });
  const current = settings[name];
  const { values, text } = selects[name];
  const offered = values.includes(current) ? values : [...values, current];
  return html`<select aria-label="${label}" data-provider="${provider}" data-fault="${name}" data-testid="fault-${provider}-${name}">
${offered.map((value) => html`<option value="${value}" ${value === current ? 'selected' : ''}>${text(value)}</option>`)}</select>`;
}

function kinds(provider: ProviderName, { label, settings }: { label: string; settings: FaultSettings }): Html {
  return html`<div class="kinds" role="group" aria-label="${label}">${allFaultKinds.map(
    (kind) => html`<label><input type="checkbox" data-provider="${provider}" data-kind="${kind}"
data-testid="fault-${provider}-kind-${kind}" ${settings.failKinds.includes(kind) ? 'checked' : ''}>${kind.replaceAll('_', ' ')}</label>`,
  )}</div>`;
}

const script = `
const always = ['retryAfterSeconds', 'lateMs', 'duplicateWebhooksRate', 'delayWebhooksRate', 'delayWebhooksSpread', 'reorderWebhooksRate'];
const post = (path, body) => fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
document.addEventListener('change', async (event) => {
  const { provider, fault, kind, dial } = event.target.dataset;
  if (dial) await post('/control/dial', { provider, name: dial, value: event.target.value });
  if (kind) {
    const boxes = [...document.querySelectorAll('[data-kind][data-provider="' + provider + '"]')];
    await post('/control/faults', { provider, change: { failKinds: boxes.filter((box) => box.checked).map((box) => box.dataset.kind) } });
  } else if (fault) {
    const value = event.target.type === 'checkbox' ? event.target.checked : Number(event.target.value);
    event.target.classList.toggle('on', !always.includes(fault) && value !== 0 && value !== false);
    await post('/control/faults', { provider, change: { [fault]: value } });
  }
});
document.addEventListener('click', async (event) => {
  if (!event.target.matches('button.calm')) return;
  await post('/control/reset', { provider: event.target.dataset.provider });
  location.reload();
});
for (const select of document.querySelectorAll('select')) {
  select.classList.toggle('on', !always.includes(select.dataset.fault) && select.value !== '0');
}
setInterval(async () => {
  const answer = await fetch('/control/live').catch(() => undefined);
  if (answer?.ok) document.getElementById('live').innerHTML = await answer.text();
}, 1500);`;
