import type { PendingAction } from '#access/access-store.ts';
import { adminActor } from '#access/admin.ts';
import type { Product } from '#catalog/product.ts';
import { findProduct } from '#catalog/read-products.ts';
import { setLicenseSecret } from '#catalog/set-license-secret.ts';
import { awaitTypedValue, tellAnswered, tellWrong } from '../../kit/awaited-answer.ts';
import type { CallbackContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { replyView } from '../../kit/replies.ts';
import type { Answer } from '../../kit/screen.ts';
import { deleteSecret } from '../../kit/secret-message.ts';
import { productCard, secretAwaited } from './products-view.ts';

export function awaitLicenseSecret(env: AdminEnv, ctx: CallbackContext, product: Product): Promise<void> {
  const { id } = product;
  const asked = { action: 'product.licence_secret.typed', payload: { productId: id } };
  return awaitTypedValue(
    env,
    { edit: ctx },
    { ...asked, asking: secretAwaited(product), back: { kind: 'product', act: 'show', id } },
  );
}

/** The message is the secret: it goes from the chat first, and then nowhere but into the store. */
export async function takeLicenseSecret(env: AdminEnv, ctx: TextContext, waiting: PendingAction): Promise<Answer> {
  const isGone = await deleteSecret(env, ctx);
  const productId = String(waiting.payload['productId']);
  const result = await setLicenseSecret(env, {
    productId,
    secret: ctx.message.text,
    actor: adminActor(ctx.from.id),
  });
  if (result.kind !== 'refused') await tellAnswered(env, ctx, waiting);
  const product = await findProduct(env, { id: productId });
  const warning = isGone ? '' : 'I could not delete your message: please delete it yourself.\n';
  if (product === undefined || result.kind === 'unknown') {
    await replyView(ctx, { text: `${warning}The product is gone; nothing was kept.`, keyboard: [] });
  } else if (result.kind === 'refused') {
    return tellWrong(ctx, `${warning}A secret key is one word of at most ${result.unitsMax} characters.`);
  } else {
    const card = productCard(product, env.presentation());
    await replyView(ctx, { ...card, text: `${warning}${card.text}` });
  }
  return 'taken';
}
