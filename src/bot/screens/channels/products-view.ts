import type { Product } from '#catalog/product.ts';
import type { ProductDraft } from '#catalog/save-product.ts';
import { formatMoney } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { confirmMinutes } from '../../kit/questions.ts';
import { reasonMinutes } from '../../kit/reason-question.ts';
import type { ProductAct } from '../../text/callback-data.ts';
import { pageMax } from '../../text/callback-fields.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, code, show } from '../../text/html.ts';
import { type Button, inPairs, inRows, type Presentation, type View } from '../../text/view.ts';
import { formatTime } from '../../text/words.ts';

export const productsPerPage = 8;

/** How a product is added, where it may have a key at a channel. */
export function productUsage([channel]: readonly ProviderName[]): string {
  return `/products add SKU 24.00 USD ${channel === undefined ? '' : `[${channel}=KEY] `}NAME`;
}

interface ProductPage {
  products: readonly Product[];
  page: number;
  hasMore: boolean;
  channels: readonly ProviderName[];
}

/** The catalogue, by sku; a tap opens one. */
export function productList(page: ProductPage): View {
  const isOnlyPage = page.page === 0 && !page.hasMore;
  const lines = [line(`<b>Products</b>${isOnlyPage ? '' : ` · page ${page.page + 1}`}`, weights.must)];
  const title = page.channels.map(providerTitle).join(' and ');
  if (page.products.length === 0) lines.push(line(`Nothing here yet${title && `: every ${title} sale is held`}.`));
  lines.push(...page.products.map(productLine));
  lines.push(
    line('', weights.history),
    line(`Add or change: ${code(productUsage(page.channels), 100)}`, weights.detail),
  );
  const open = page.products.map(
    ({ sku, id }): Button => ({ text: sku, callback: { kind: 'product', act: 'show', id } }),
  );
  return {
    text: fitLines(lines),
    keyboard: [...inRows(open, 3), turnRow(page)].filter((row) => row.length > 0),
  };
}

function productLine(product: Product): Line {
  const { channel, channelKey } = product;
  const there = channel === null ? '' : ` · ${providerTitle(channel)} ${code(channelKey ?? '', 40)}`;
  const key = product.hasLicenceSecret ? ' 🔑' : '';
  return line(`${bold(product.sku, 40)} ${show(product.name, 60)} · ${formatMoney(product)}${there}${key}`);
}

/** Where else it is sold, and as what. */
function soldLine({ channel, channelKey }: Pick<Product, 'channel' | 'channelKey'>): Line {
  if (channel === null) return line('Sold by the shop alone.');
  return line(`At ${providerTitle(channel)}: key ${code(channelKey ?? '', 40)}`);
}

function turnRow(page: { page: number; hasMore: boolean }): Button[] {
  const row: Button[] = [];
  if (page.page > 0) row.push({ text: '‹ Back', callback: { kind: 'products', page: page.page - 1 } });
  if (page.hasMore && page.page < pageMax)
    row.push({ text: 'More ›', callback: { kind: 'products', page: page.page + 1 } });
  return row;
}

/** One product. Of its secret key only whether there is one is ever shown. */
export function productCard(product: Product, presentation: Presentation): View {
  const button = (text: string, act: ProductAct): Button => ({
    text,
    callback: { kind: 'product', act, id: product.id },
  });
  const { channel, hasLicenceSecret } = product;
  const buttons =
    channel === null ? [] : [button(hasLicenceSecret ? 'Replace secret' : 'Set licence secret', 'secret')];
  if (hasLicenceSecret) buttons.push(button('Forget secret', 'clear'));
  buttons.push(button('Remove', 'remove'));
  return {
    text: fitLines([
      line(`📦 ${bold(product.sku, 40)} ${show(product.name, 100)}`, weights.must),
      line(bold(formatMoney(product)), weights.must),
      soldLine(product),
      line(`Licence secret: ${hasLicenceSecret ? 'set; licences are checked' : 'not set; licences are not checked'}`),
      line(`Changed ${formatTime(product.updatedAt, presentation)}`, weights.detail),
      line(`To change it: ${code(changeCommand(product), 200)}`, weights.extra),
    ]),
    keyboard: [...inPairs(buttons), [{ text: '‹ Products', callback: { kind: 'products', page: 0 } }]],
  };
}

/** What an admin copies, and changes before sending it. */
function changeCommand({ sku, name, channel, channelKey, ...money }: Product): string {
  const key = channel === null ? '' : `${channel}=${channelKey} `;
  return `/products change ${sku} ${formatMoney(money)} ${key}${name}`;
}

/** The second step: a price in the catalogue decides which sales count at once. */
export function saveQuestion(asked: { draft: ProductDraft; before: Product | undefined; pendingId: string }): View {
  const { draft, before } = asked;
  return {
    text: fitLines([
      line(`❓ <b>${before === undefined ? 'Add this product?' : 'Change this product?'}</b>`, weights.must),
      line(`${bold(draft.sku, 40)} ${show(draft.name, 100)} · ${bold(formatMoney(draft))}`, weights.must),
      soldLine(draft),
      ...(before === undefined ? [] : [line(`So far: ${show(before.name, 100)} · ${formatMoney(before)}`)]),
      ...(draft.channel === null
        ? []
        : [line(`${providerTitle(draft.channel)} sales that fit it count at once, up to the hold limit.`)]),
      line(`<i>Good for ${confirmMinutes} minutes, for you only.</i>`, weights.extra),
    ]),
    keyboard: [
      [{ text: 'Yes, save it', callback: { kind: 'confirm', pendingId: asked.pendingId, choice: null } }],
      [{ text: 'No, go back', callback: { kind: 'products', page: 0 } }],
    ],
  };
}

export type ProductQuestion = 'remove' | 'clear';

const questions: Readonly<Record<ProductQuestion, { ask: string; warn: string; yes: string }>> = {
  remove: {
    ask: 'Take this product out of the catalogue?',
    warn: 'Sales of it by another shop will be held. Its orders stay as they are.',
    yes: 'Yes, remove it',
  },
  clear: {
    ask: 'Forget the secret key of this product?',
    warn: 'Its licences are no longer checked: sales that fit the catalogue count on that shop’s word alone.',
    yes: 'Yes, forget it',
  },
};

export function productQuestion(product: Product, options: { question: ProductQuestion; pendingId: string }): View {
  const { ask, warn, yes } = questions[options.question];
  return {
    text: fitLines([
      line(`❓ <b>${ask}</b>`, weights.must),
      line(`${bold(product.sku, 40)} ${show(product.name, 100)} · ${formatMoney(product)}`, weights.must),
      line(warn),
      line(`<i>Good for ${confirmMinutes} minutes, for you only.</i>`, weights.extra),
    ]),
    keyboard: [
      [{ text: yes, callback: { kind: 'confirm', pendingId: options.pendingId, choice: null } }],
      [{ text: 'No, go back', callback: { kind: 'product', act: 'show', id: product.id } }],
    ],
  };
}

/** Shown while the secret is waited for. */
export function secretAwaited(product: Product): View {
  const title = product.channel === null ? 'the shop' : providerTitle(product.channel);
  return {
    text: fitLines([
      line(`🔑 ${bold(product.sku, 40)} ${show(product.name, 100)}`, weights.must),
      line(`✍️ <b>Send ${title}'s secret key of this product as your next message.</b>`, weights.must),
      line(
        `I delete that message at once, and never show the key again. It is on the product’s edit page at ${title}.`,
      ),
      line(`<i>Waits for ${reasonMinutes} minutes.</i>`, weights.extra),
    ]),
    keyboard: [[{ text: 'No, go back', callback: { kind: 'product', act: 'show', id: product.id } }]],
  };
}
