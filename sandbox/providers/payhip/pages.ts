import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { VisitRefused } from '../contract.ts';
import { accent, frame, type Html } from '../pages/frame.ts';
import { accentColour } from './account.ts';
import { exportCsv } from './export.ts';
import type { PayhipProduct } from './sale.ts';
import { type Forgery, forgeries, type PayhipSeller } from './seller.ts';

// A little shop at Payhip, and below it what its seller, and somebody who is not, can make Payhip say.

const forgeryTexts: Readonly<Record<Forgery, string>> = {
  unknown_product: 'Forge: another product',
  wrong_price: 'Forge: a dollar only',
  fortune: 'Forge: 99 of them',
  wrong_signature: 'Forge: without the key',
  used_license: 'Forge: an old license',
};

export function createPayhipPages(seller: PayhipSeller): Hono {
  const pages = new Hono();
  pages.get('/', (context) => context.html(shopPage(seller, context.req.query('refused'))));
  pages.get('/export.csv', (context) =>
    context.body(exportCsv(seller.sales.values()), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="payhip-sales.csv"',
    }),
  );
  pages.post('/buy', (context) => act(context, (form) => buy(seller, form)));
  pages.post('/forge', (context) =>
    act(context, (form) => {
      const forgery = forgeries.find((known) => known === form['forgery']);
      if (forgery !== undefined) seller.forge(forgery);
      return undefined;
    }),
  );
  pages.post('/again', (context) => act(context, () => tellAgain(seller)));
  pages.post('/subscribe', (context) => act(context, () => subscribe(seller)));
  pages.post('/unsubscribe', (context) => act(context, () => unsubscribe(seller)));
  return pages;
}

type Form = Record<string, unknown>;

/** Carries a form out; the address of what to show then, the shop itself when undefined. */
async function act(context: Context, carryOut: (form: Form) => string | undefined): Promise<Response> {
  try {
    return context.redirect(carryOut(await context.req.parseBody()) ?? '/payhip', 303);
  } catch (error) {
    if (!(error instanceof VisitRefused)) throw error;
    return context.redirect(`/payhip?${new URLSearchParams({ refused: error.message })}`, 303);
  }
}

function tellAgain(seller: PayhipSeller): undefined {
  const last = [...seller.sales.values()].findLast(({ isPaid }) => isPaid);
  if (last === undefined) throw new VisitRefused('payhip: nothing has been sold yet');
  seller.tellOf(last);
}

function subscribe(seller: PayhipSeller): undefined {
  const [product] = seller.products;
  if (product === undefined) throw new VisitRefused('payhip: there is nothing to subscribe to');
  seller.subscribe({ productKey: product.key, email: 'kim@customer.example', plan: 'Monthly' });
}

function unsubscribe(seller: PayhipSeller): undefined {
  const last = [...seller.subscriptions.values()].findLast(({ endedAtMs }) => endedAtMs === undefined);
  if (last === undefined) throw new VisitRefused('payhip: nobody has subscribed');
  seller.unsubscribe(last.id);
}

function buy(seller: PayhipSeller, form: Form): string {
  const text = (name: string): string | undefined => {
    const value = form[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const isRefundedFirst = form['refunded_first'] === 'on';
  const sale = seller.buy({
    productKey: text('product') ?? '',
    email: text('email') ?? 'kim@customer.example',
    quantity: Math.min(Math.max(Number(text('quantity') ?? 1) || 1, 1), 99),
    couponCode: text('coupon'),
    payBy: form['pay_by'] === 'paypal' ? 'paypal' : 'card',
    isUntold: isRefundedFirst,
  });
  if (isRefundedFirst) {
    seller.refund(sale.id, sale.cents);
    seller.tellOf(sale);
  }
  return `/payhip/sales/${sale.id}`;
}

function shopPage(seller: PayhipSeller, refusal: string | undefined): Html {
  const body = html`<main class="control payhip">
<h1>A shop at Payhip</h1>
<p>Not ours: it sells by card and PayPal, and only tells of it.</p>
${refusal === undefined ? '' : html`<p class="warn" data-testid="refusal">${refusal}</p>`}
<div class="wares">${seller.products.map(productCard)}</div>
<h2>The seller</h2>
<div class="tools"><a href="/payhip/export.csv" data-testid="export">Export the sales as CSV</a>
<form method="post" action="/payhip/again"><button data-testid="again">Tell of the last sale again</button></form>
<form method="post" action="/payhip/subscribe"><button data-testid="subscribe">Somebody subscribes</button></form>
<form method="post" action="/payhip/unsubscribe"><button data-testid="unsubscribe">Their subscription ends</button></form></div>
<h2>Somebody who has seen one webhook</h2>
<div class="tools">${forgeries.map(
    (forgery) => html`<form method="post" action="/payhip/forge">
<button name="forgery" value="${forgery}" data-testid="forge-${forgery}">${forgeryTexts[forgery]}</button></form>`,
  )}</div>
</main>`;
  const accents = accent('payhip', accentColour);
  return frame({ title: 'A shop at Payhip', theme: 'payhip', accents, body, script: '' });
}

function productCard(product: PayhipProduct): Html {
  const price = `${(product.cents / 100).toFixed(2)} ${product.currency}`;
  return html`<form class="ware" method="post" action="/payhip/buy" data-testid="product-${product.key}">
<input type="hidden" name="product" value="${product.key}">
<b>${product.name}</b><span>${price}${product.hasLicenses ? ', with a license key' : ''}</span>
<small>key <code>${product.key}</code> · secret <code>${product.secret}</code></small>
<label>E-mail <input name="email" type="email" value="kim@customer.example"></label>
<label>How many <input name="quantity" type="number" min="1" max="99" value="1"></label>
<label>Coupon <input name="coupon"></label>
<label><input name="refunded_first" type="checkbox"> refund it, and tell of that first</label>
<div><button class="main" name="pay_by" value="card" data-testid="buy-card">Buy by card</button>
<button name="pay_by" value="paypal" data-testid="buy-paypal">PayPal</button></div>
</form>`;
}
