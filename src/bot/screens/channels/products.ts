import { adminActor } from '#access/admin.ts';
import type { Product } from '#catalog/product.ts';
import { findProduct, listProductPage } from '#catalog/read-products.ts';
import { removeProduct } from '#catalog/remove-product.ts';
import { faultOf, type ProductDraft, saveProduct } from '#catalog/save-product.ts';
import { setLicenseSecret } from '#catalog/set-license-secret.ts';
import { MoneyInvalid, parseMoney } from '#kernel/money.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import { askToConfirm } from '../../kit/confirmation.ts';
import type { CallbackContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { pageSize } from '../../kit/paged-list.ts';
import { editView, replyView } from '../../kit/replies.ts';
import type { Confirmed, OnButton } from '../../kit/screen.ts';
import type { CallbackOf, ProductAct } from '../../text/callback-data.ts';
import { textView, type View } from '../../text/view.ts';
import { channelNames } from './channels.ts';
import { productFaultText } from './fault-words.ts';
import { awaitLicenseSecret } from './product-secret.ts';
import {
  type ProductQuestion,
  productCard,
  productList,
  productQuestion,
  productUsage,
  saveQuestion,
} from './products-view.ts';

const gone = 'This product is not there any more.';
const changedMeanwhile = 'Somebody changed it meanwhile: look again.';

export async function runProducts(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const [verb = '', ...rest] = words.split(/\s+/);
  if (verb === '') await replyView(ctx, await drawProducts(env, null));
  else if (/^(?:add|change)$/i.test(verb)) await runSave(env, ctx, { verb: verb.toLowerCase(), words: rest });
  else {
    const product = await findProduct(env, { sku: verb });
    const unknown = `There is no product ${verb}. To add one: ${productUsage(channelNames(env))}`;
    await replyView(ctx, product === undefined ? textView(unknown) : productCard(product, env.presentation()));
  }
}

async function drawProducts(env: AdminEnv, position: CallbackOf<'products'>['position']): Promise<View> {
  return productList(await listProductPage(env, { position, size: pageSize }), channelNames(env));
}

async function runSave(env: AdminEnv, ctx: TextContext, input: { verb: string; words: string[] }): Promise<void> {
  const channels = channelNames(env);
  const draft = readDraft(input.words, channels);
  if ('fault' in draft) {
    await replyView(ctx, textView(`${draft.fault} For example ${productUsage(channels)}`));
    return;
  }
  const before = await findProduct(env, { sku: draft.sku });
  if ((input.verb === 'change') !== (before !== undefined)) {
    const words =
      before === undefined ? `There is no product ${draft.sku}: add it.` : `${draft.sku} is there: change it.`;
    await replyView(ctx, textView(words));
    return;
  }
  // What a change does not name stays, above all the key that sales are known by.
  const { channel, channelKey } = draft.channel === null ? (before ?? draft) : draft;
  const whole: ProductDraft = { ...draft, channel, channelKey };
  const view = await askToConfirm(env, {
    adminId: ctx.from.id,
    action: 'product.save',
    payload: { ...whole, version: before?.version ?? null },
    question: saveQuestion(whole, before),
  });
  await replyView(ctx, view);
}

export const confirmSaveProduct: Confirmed = async (env, ctx, { payload }) => {
  const { sku, name, amountMinor, currency, channel, channelKey, version } = payload;
  const result = await saveProduct(env, {
    draft: {
      sku: String(sku),
      name: String(name),
      amountMinor: Number(amountMinor),
      currency: String(currency),
      channel: readProvider(channel),
      channelKey: channelKey === null ? null : String(channelKey),
    },
    expectedVersion: version === null ? null : Number(version),
    actor: adminActor(ctx.from.id),
  });
  if ('productId' in result) {
    await showProduct(env, ctx, result.productId);
    return result.kind === 'added' ? 'Added.' : 'Changed.';
  }
  await editView(ctx, await drawProducts(env, null));
  return 'fault' in result ? productFaultText(result.fault) : changedMeanwhile;
};

export const confirmRemoveProduct: Confirmed = async (env, ctx, { payload }) => {
  const result = await removeProduct(env, {
    productId: String(payload['productId']),
    expectedVersion: Number(payload['version']),
    actor: adminActor(ctx.from.id),
  });
  await editView(ctx, await drawProducts(env, null));
  if (result.kind === 'removed') return `${result.sku} is out of the catalogue.`;
  return result.kind === 'unknown' ? gone : changedMeanwhile;
};

export const confirmClearSecret: Confirmed = async (env, ctx, { payload }) => {
  const productId = String(payload['productId']);
  const result = await setLicenseSecret(env, { productId, secret: null, actor: adminActor(ctx.from.id) });
  await showProduct(env, ctx, productId);
  return result.kind === 'cleared' ? 'Forgotten.' : gone;
};

export const onProductsButton: OnButton<'products'> = async (env, ctx, callback) => {
  await editView(ctx, await drawProducts(env, callback.position));
  return '';
};

export const onProductButton: OnButton<'product'> = async (env, ctx, callback) => {
  const product = await findProduct(env, { id: callback.id });
  if (product === undefined) {
    await editView(ctx, await drawProducts(env, null));
    return gone;
  }
  return await actions[callback.act](env, ctx, product);
};

const actions: Readonly<
  Record<ProductAct, (env: AdminEnv, ctx: CallbackContext, product: Product) => Promise<string>>
> = {
  async show(env, ctx, product) {
    await editView(ctx, productCard(product, env.presentation()));
    return '';
  },
  async secret(env, ctx, product) {
    await awaitLicenseSecret(env, ctx, product);
    return 'Send the key.';
  },
  clear: (env, ctx, product) => ask(env, ctx, { product, question: 'clear' }),
  remove: (env, ctx, product) => ask(env, ctx, { product, question: 'remove' }),
};

async function ask(
  env: AdminEnv,
  ctx: CallbackContext,
  { product, question }: { product: Product; question: ProductQuestion },
): Promise<string> {
  const view = await askToConfirm(env, {
    adminId: ctx.from.id,
    action: `product.${question}`,
    payload: { productId: product.id, version: product.version },
    question: productQuestion(product, question),
  });
  await editView(ctx, view);
  return '';
}

async function showProduct(env: AdminEnv, ctx: CallbackContext, productId: string): Promise<void> {
  const product = await findProduct(env, { id: productId });
  await editView(ctx, product === undefined ? await drawProducts(env, null) : productCard(product, env.presentation()));
}

function readProvider(name: unknown): ProviderName | null {
  return typeof name === 'string' && isProviderName(name) ? name : null;
}

function readDraft(words: readonly string[], channels: readonly ProviderName[]): ProductDraft | { fault: string } {
  const [sku = '', amount = '', currency = '', ...rest] = words;
  if (currency === '') return { fault: 'A product has a SKU, a price and a name.' };
  const keyWord = rest.find((word) => /^[a-z]+=/i.test(word));
  const [channelName = '', channelKey = null] = keyWord?.split('=', 2) ?? [];
  const channel = channels.find((known) => known === channelName.toLowerCase()) ?? null;
  if (keyWord !== undefined && channel === null) return { fault: `${channelName} is no sales channel that is set up.` };
  const name = rest.filter((word) => word !== keyWord).join(' ');
  try {
    const money = parseMoney(amount, currency.toUpperCase());
    const draft = { sku, name, ...money, channel, channelKey };
    const fault = faultOf(draft);
    return fault === undefined ? draft : { fault: productFaultText(fault) };
  } catch (error) {
    if (!(error instanceof MoneyInvalid)) throw error;
    return { fault: `${error.message}.` };
  }
}
