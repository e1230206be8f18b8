import { html, raw } from 'hono/html';
import { providerTitle } from '#kernel/provider-name.ts';
import { currency, type Product, products } from './catalogue.ts';
import type { Sale } from './counter.ts';
import type { Announcement } from './received-events.ts';
import { style } from './style.ts';
import { payWith, type TillOrder } from './till-client.ts';

export type Html = ReturnType<typeof html>;

const pictures: Readonly<Record<Product['look'], string>> = {
  waves: `<rect width="160" height="100" fill="#1c1b3a"/><circle cx="122" cy="30" r="15" fill="#f4d58d"/><g fill="none" stroke="#8f86ff" stroke-width="2.4" stroke-linecap="round"><path d="M0 72q10-26 20 0t20 0 20 0 20 0 20 0 20 0 20 0 20 0" opacity=".9"/><path d="M0 80q10-16 20 0t20 0 20 0 20 0 20 0 20 0 20 0 20 0" opacity=".5"/><path d="M0 88q10-8 20 0t20 0 20 0 20 0 20 0 20 0 20 0 20 0" opacity=".3"/></g>`,
  letters: `<rect width="160" height="100" fill="#f3c9b5"/><circle cx="132" cy="84" r="42" fill="#e8a687"/><g fill="#3a1f1a" font-family="Georgia, serif" font-weight="700"><text x="34" y="70" font-size="60">A</text><text x="82" y="70" font-size="60" font-style="italic">g</text></g>`,
  leaves: `<rect width="160" height="100" fill="#cfe3d2"/><g fill="#2f6b4f"><path d="M40 92c-4-34 12-58 42-70-2 34-14 58-42 70z"/><path d="M84 94c4-24 18-40 46-46-6 26-20 42-46 46z" opacity=".72"/><path d="M34 92c-14-10-22-24-20-42 16 8 24 22 20 42z" opacity=".5"/></g>`,
};

const mark = raw(
  '<svg viewBox="0 0 32 32" aria-hidden="true"><circle cx="12" cy="16" r="9" fill="#4b2fbf"/><circle cx="21" cy="16" r="8" fill="none" stroke="#e39a5f" stroke-width="3.4"/></svg>',
);

function page(input: { title: string; body: Html; script?: string }): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${input.title}</title>
<style>${raw(style)}</style>
</head>
<body><div class="page">
<div class="bar"><a class="brand" href="/">${mark}Lumen &amp; Loop</a><span class="tag">No money moves</span></div>
${input.body}
</div>${input.script === undefined ? '' : html`<script>${raw(input.script)}</script>`}</body>
</html>`;
}

export function frontPage(input: { key: string; announcements: readonly Announcement[] }): Html {
  const body = html`<div class="cols"><main>
<h1>Sounds, letters and tools for people who make things.</h1>
<p class="lead">Paid in crypto, delivered at once. Choose something; the checkout lets you pay it all, half of it, or nothing.</p>
<form method="post" action="/buy">
<input type="hidden" name="key" value="${input.key}">
<div class="choices">
<label class="field"><span>Your e-mail</span><input type="email" name="email" required value="kim@customer.example"></label>
<fieldset><legend>Pay with</legend><div class="chips">${payWith.map(
    (name) =>
      html`<label><input type="radio" name="payWith" value="${name}" ${name === 'auto' ? 'checked' : ''}><span>${name === 'auto' ? 'Any' : providerTitle(name)}</span></label>`,
  )}</div></fieldset>
</div>
<div class="goods">${products.map(productCard)}</div>
</form>
</main>
<aside><header><h2>What Tillkeeper told the shop</h2><p>Signed webhooks, newest first</p></header>
<ul class="told" id="told" data-testid="told">${toldList(input.announcements)}</ul></aside></div>`;
  return page({ title: 'Lumen & Loop', body, script: `${refresh('/told', 'told')}${oncePressed}` });
}

function productCard(product: Product): Html {
  return html`<article class="good-card"><svg viewBox="0 0 160 100" preserveAspectRatio="xMidYMid slice" aria-hidden="true">${raw(pictures[product.look])}</svg>
<div><h2>${product.name}</h2><p>${product.about}</p><span class="price">${product.price} <small>${currency}</small></span>
<button class="buy" name="sku" value="${product.sku}" data-testid="buy-${product.sku.toLowerCase()}">Buy</button></div></article>`;
}

const told: ReadonlyMap<string, { text: string; tone: 'good' | 'bad' | 'warm' | '' }> = new Map(
  Object.entries<{ text: string; tone: 'good' | 'bad' | 'warm' | '' }>({
    'order.paid': { text: 'paid', tone: 'good' },
    'order.fulfilled': { text: 'delivered', tone: 'good' },
    'order.expired': { text: 'expired unpaid', tone: '' },
    'order.cancelled': { text: 'cancelled', tone: '' },
    'order.refunded': { text: 'refunded', tone: '' },
    'order.needs_attention': { text: 'needs attention', tone: 'warm' },
    'payment.failed': { text: 'payment failed', tone: 'bad' },
    'payment.reversed': { text: 'payment taken back', tone: 'bad' },
    'payment.restored': { text: 'payment is back', tone: 'good' },
  }),
);

export function toldList(announcements: readonly Announcement[]): Html {
  if (announcements.length === 0) return html`<li class="none">Nothing yet</li>`;
  return html`${announcements.slice(0, 40).map((it) => {
    const { text, tone } = told.get(it.type) ?? { text: it.type, tone: '' };
    const again = it.times > 1 ? `, came ${it.times} times` : '';
    return html`<li><i class="${tone}"></i><span><b>${it.number}</b> ${text}</span><time datetime="${new Date(it.atMs).toISOString()}">${clock(it.atMs)}</time>
<small>${it.amount} ${it.currency} · <span title="${it.id}">${it.type}</span>${again}</small></li>`;
  })}`;
}

/** Today's times are enough for today; older ones need their day. */
function clock(atMs: number): string {
  const time = new Date(atMs);
  const isToday = time.toDateString() === new Date().toDateString();
  const hours = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return isToday ? hours : `${time.toLocaleDateString('en-GB', { weekday: 'short' })} ${hours}`;
}

const slips: ReadonlyMap<string, { tone: 'good' | 'bad' | 'warm' | ''; title: string; text: string }> = new Map(
  Object.entries<{ tone: 'good' | 'bad' | 'warm' | ''; title: string; text: string }>({
    awaiting_payment: {
      tone: '',
      title: 'Waiting for your payment',
      text: 'This page changes by itself when it arrives.',
    },
    paid: { tone: 'good', title: 'Thank you, it is paid', text: 'Your download is on its way to your mailbox.' },
    fulfilled: { tone: 'good', title: 'Delivered', text: 'Thank you for your order.' },
    expired: { tone: '', title: 'The time to pay ran out', text: 'Nothing was charged. You may order again.' },
    cancelled: { tone: '', title: 'This order was cancelled', text: 'Nothing more is expected of you.' },
    needs_attention: {
      tone: 'warm',
      title: 'We are looking into it',
      text: 'Your payment did not arrive as expected. We write to you.',
    },
  }),
);
const seals = {
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  warm: 'M12 6v8M12 18v.2',
  '': 'M12 6.5v6l3.5 2M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18',
} as const;

export function orderPage({ sale, order }: { sale: Sale; order: TillOrder }): Html {
  const body = html`<main class="slip" id="slip">${orderSlip({ sale, order })}</main>`;
  return page({ title: `${sale.reference} · Lumen & Loop`, body, script: refresh(`/orders/${sale.key}/slip`, 'slip') });
}

export function orderSlip({ sale, order }: { sale: Sale; order: TillOrder }): Html {
  const slip = slips.get(order.status) ?? { tone: '' as const, title: order.status, text: '' };
  const url = order.status === 'awaiting_payment' ? order.payment?.checkout_url : null;
  return html`${seal(slip.tone)}<h1 data-testid="slip-title">${slip.title}</h1><p>${slip.text}</p>
<dl><dt>Order</dt><dd>${order.number} · ${sale.reference}</dd><dt>For</dt><dd>${sale.productName}</dd>
<dt>Amount</dt><dd>${order.amount} ${order.currency}</dd><dt>Status</dt><dd data-testid="order-status">${order.status.replaceAll('_', ' ')}</dd></dl>
<div class="links">${url ? html`<a class="main" href="${url}">Go to the checkout</a>` : ''}<a href="/">Back to the shop</a></div>`;
}

export function refusalPage(message: string): Html {
  const body = html`<main class="slip">${seal('bad')}<h1>This did not work</h1><p data-testid="refusal">${message}</p>
<div class="links"><a class="main" href="/">Back to the shop</a></div></main>`;
  return page({ title: 'Lumen & Loop', body });
}

function seal(tone: keyof typeof seals): Html {
  return html`<div class="seal ${tone}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${seals[tone]}"/></svg></div>`;
}

function refresh(path: string, id: string): string {
  return `
let shown = '';
setInterval(async () => {
  const answer = await fetch(${JSON.stringify(path)}).catch(() => undefined);
  if (!answer?.ok) return;
  const text = await answer.text();
  if (text !== shown) document.getElementById(${JSON.stringify(id)}).innerHTML = text;
  shown = text;
}, 1500);`;
}

/** A second press while the first one is in progress shows nothing new; the idempotency key would make it one order anyway. */
const oncePressed = `
document.querySelector('form').addEventListener('submit', (event) => event.submitter?.setAttribute('aria-busy', 'true'));
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });`;
