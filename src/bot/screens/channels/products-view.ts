import type { Product } from '#catalog/product.ts';
import type { ProductDraft } from '#catalog/save-product.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Page } from '#kernel/page.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { Question } from '../../kit/confirmation.ts';
import { pageTitle, turnRow } from '../../kit/paged-list.ts';
import { reasonMinutes } from '../../kit/reason-question.ts';
import type { ProductAct } from '../../text/callback-data.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, code, show } from '../../text/html.ts';
import { type Button, inPairs, inRows, type Presentation, type View } from '../../text/view.ts';
import { formatTime } from '../../text/words.ts';

/** How a product is added, where it may have a key at a channel. */
export function productUsage([channel]: readonly ProviderName[]): string {
  return `/products add SKU 24.00 USD ${channel === undefined ? '' : `[${channel}=KEY] `}NAME`;
}

/** The catalogue, by sku; a tap opens one. */
export function productList(page: Page<Product, string>, channels: readonly ProviderName[]): View {
  const lines = [line(`<b>Products</b>${pageTitle(page)}`, weights.must)];
  const title = channels.map(providerTitle).join(' and ');
  if (page.rows.length === 0) lines.push(line(`Nothing here yet${title && `: every ${title} sale is held`}.`));
  lines.push(...page.rows.map(productLine));
  lines.push(line('', weights.history), line(`Add or change: ${code(productUsage(channels), 100)}`, weights.detail));
  const open = page.rows.map(({ sku, id }): Button => ({ text: sku, callback: { kind: 'product', act: 'show', id } }));
  const turns = turnRow(page, { previous: 'Back', next: 'More' }, (position) => ({ kind: 'products', position }));
  return { text: fitLines(lines), keyboard: [...inRows(open, 3), turns].filter((row) => row.length > 0) };
}

function productLine(product: Product): Line {
  const { channel, channelKey } = product;
  const there = channel === null ? '' : ` · ${providerTitle(channel)} ${code(channelKey ?? '', 40)}`;
  const key = product.hasLicenseSecret ? ' 🔑' : '';
  return line(`${bold(product.sku, 40)} ${show(product.name, 60)} · ${formatMoney(product)}${there}${key}`);
}

/** Where else it is sold, and as what. */
function soldLine({ channel, channelKey }: Pick<Product, 'channel' | 'channelKey'>): Line {
  if (channel === null) return line('Sold by the shop alone.');
  return line(`At ${providerTitle(channel)}: key ${code(channelKey ?? '', 40)}`);
}

/** One product. Of its secret key only whether there is one is ever shown. */
export function productCard(product: Product, presentation: Presentation): View {
  const button = (text: string, act: ProductAct): Button => ({
    text,
    callback: { kind: 'product', act, id: product.id },
  });
  const { channel, hasLicenseSecret } = product;
  const buttons =
    channel === null ? [] : [button(hasLicenseSecret ? 'Replace secret' : 'Set license secret', 'secret')];
  if (hasLicenseSecret) buttons.push(button('Forget secret', 'clear'));
  buttons.push(button('Remove', 'remove'));
  return {
    text: fitLines([
      line(`📦 ${bold(product.sku, 40)} ${show(product.name, 100)}`, weights.must),
      line(bold(formatMoney(product)), weights.must),
      soldLine(product),
      line(`License secret: ${hasLicenseSecret ? 'set; licenses are checked' : 'not set; licenses are not checked'}`),
      line(`Changed ${formatTime(product.updatedAt, presentation)}`, weights.detail),
      line(`To change it: ${code(changeCommand(product), 200)}`, weights.extra),
    ]),
    keyboard: [...inPairs(buttons), [{ text: '‹ Products', callback: { kind: 'products', position: null } }]],
  };
}

/** What an admin copies, and changes before sending it. */
function changeCommand({ sku, name, channel, channelKey, ...money }: Product): string {
  const key = channel === null ? '' : `${channel}=${channelKey} `;
  return `/products change ${sku} ${formatMoney(money)} ${key}${name}`;
}

/** The second step: a price in the catalogue decides which sales count at once. */
export function saveQuestion(draft: ProductDraft, before: Product | undefined): Question {
  const lines = [
    line(`${bold(draft.sku, 40)} ${show(draft.name, 100)} · ${bold(formatMoney(draft))}`, weights.must),
    soldLine(draft),
  ];
  if (before !== undefined) lines.push(line(`So far: ${show(before.name, 100)} · ${formatMoney(before)}`));
  if (draft.channel !== null) {
    lines.push(line(`${providerTitle(draft.channel)} sales that fit it count at once, up to the review threshold.`));
  }
  return {
    ask: before === undefined ? 'Add this product?' : 'Change this product?',
    lines,
    yes: 'Yes, save it',
    back: { kind: 'products', position: null },
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
    warn: 'Its licenses are no longer checked: sales that fit the catalogue count on that shop’s word alone.',
    yes: 'Yes, forget it',
  },
};

export function productQuestion(product: Product, question: ProductQuestion): Question {
  const { ask, warn, yes } = questions[question];
  const about = `${bold(product.sku, 40)} ${show(product.name, 100)} · ${formatMoney(product)}`;
  return {
    ask,
    lines: [line(about, weights.must), line(warn)],
    yes,
    back: { kind: 'product', act: 'show', id: product.id },
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
