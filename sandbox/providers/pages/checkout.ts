import { html } from 'hono/html';
import type { CheckoutView, VisitAction } from '../contract.ts';
import { type Html, makers, mark, page } from './layout.ts';

const labels: Readonly<Record<VisitAction, string>> = {
  pay: 'Pay',
  pay_unconfirmed: 'Pay, unconfirmed',
  confirm: 'Confirm the payment',
  complete: 'Six confirmations',
  underpay: 'Pay only half',
  overpay: 'Overpay by half',
  pay_late: 'Pay too late',
  pay_again: 'Pay a second time',
  fail: 'Let the payment fail',
  expire: 'Let it expire',
  double_spend: 'Double spend',
  invalidate: 'Never confirm it',
  take_back: 'Take it back',
  decline: 'Decline it',
  claim_refund: 'Claim the refund',
  complete_refund: 'Refund arrives',
  fail_refund: 'Refund fails',
  walk_away: 'Leave without paying',
};

/** What the page is for. */
const mainActions: readonly VisitAction[] = ['pay', 'confirm', 'claim_refund'];

export interface CheckoutPage {
  readonly view: CheckoutView;
  readonly nowMs: number;
  /** Why the last button did nothing. */
  readonly refusal: string | undefined;
}

export function checkoutPage({ view, nowMs, refusal }: CheckoutPage): Html {
  const main = view.actions.find((action) => mainActions.includes(action));
  const others = view.actions.filter((action) => action !== main && action !== 'walk_away');
  const remainingSeconds = Math.max(0, Math.round((view.expiresAtMs - nowMs) / 1000));
  const body = html`<main class="checkout">
<div class="card ${view.tone}">
<header>
<div class="maker"><b>${makers[view.provider]}</b><span>Sandbox</span></div>
<p class="title">${view.title}</p>
<div class="amount" data-testid="amount">${view.amount} <small>${view.currency}</small></div>
</header>
<div class="state">${mark(view.tone)}
<div><p data-testid="status-text">${view.statusText}</p><code data-testid="status">${view.status}</code></div>
${view.isOpen ? html`<span class="clock" data-seconds="${remainingSeconds}"></span>` : ''}
</div>
${refusal === undefined ? '' : html`<p class="warn" data-testid="refusal">${refusal}</p>`}
<dl>${view.facts.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
<div class="acts">
${main === undefined ? '' : button(view, { action: main, look: 'main' })}
${view.isOpen || view.returnUrl === undefined ? '' : returnLink(view.returnUrl, main === undefined ? '' : 'quiet')}
${others.length === 0 ? '' : html`<h2>What else may happen</h2><div class="pairs">${others.map((action) => button(view, { action, look: 'other' }))}</div>`}
${view.isOpen ? button(view, { action: 'walk_away', look: 'leave' }) : ''}
</div>
<p class="note">A simulated checkout: no money moves.</p>
</div>
</main>`;
  const title = `${view.amount} ${view.currency} · ${makers[view.provider]}`;
  return page({ title, theme: view.provider, body, script: script(view) });
}

export function outagePage(view: CheckoutView | undefined): Html {
  const body = html`<main class="checkout"><div class="card bad">
<header><div class="maker"><b>${view === undefined ? 'Checkout' : makers[view.provider]}</b><span>Sandbox</span></div></header>
<div class="state">${mark('bad')}<div><p>The provider is out of service</p><code>503</code></div></div>
<p class="note">Switch the outage off on the control page.</p>
</div></main>`;
  return page({ title: 'Out of service', theme: view?.provider ?? '', body, script: '' });
}

function button(view: CheckoutView, { action, look }: { action: VisitAction; look: string }): Html {
  const label = action === 'pay' && look === 'main' ? payLabel(view) : labels[action];
  return html`<form method="post" action="/visit">
<input type="hidden" name="provider" value="${view.provider}"><input type="hidden" name="reference" value="${view.reference}">
<button class="${look}" name="action" value="${action}" data-testid="${action.replaceAll('_', '-')}">${label}</button></form>`;
}

function payLabel({ amount, currency, status }: CheckoutView): string {
  return /partial/i.test(status) ? 'Pay the rest' : `Pay ${amount} ${currency}`;
}

function returnLink(url: string, look: '' | 'quiet'): Html {
  return html`<a class="return ${look}" data-testid="return" href="${url}">Back to the shop</a>`;
}

/** Counts down, and loads the page anew when the status has changed elsewhere. */
function script(view: CheckoutView): string {
  const address = JSON.stringify(`/status/${view.provider}/${view.reference}`);
  const status = JSON.stringify(view.status).replaceAll('<', '\\u003c');
  return `
const clock = document.querySelector('.clock');
const began = performance.now();
function show() {
  if (!clock) return;
  const left = Math.max(0, Math.round(Number(clock.dataset.seconds) - (performance.now() - began) / 1000));
  const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60, seconds = left % 60;
  const two = (n) => String(n).padStart(2, '0');
  clock.textContent = hours > 0 ? hours + ':' + two(minutes) + ':' + two(seconds) : minutes + ':' + two(seconds);
}
show();
setInterval(show, 1000);
setInterval(async () => {
  const answer = await fetch(${address}).catch(() => undefined);
  if (answer?.ok && (await answer.json()).status !== ${status}) location.reload();
}, 1500);`;
}
