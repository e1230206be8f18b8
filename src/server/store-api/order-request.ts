// The order that the shop's site asks for. All faults of a body are found at once and named by their place. Unknown fields
// are faults too, because a misspelt one would otherwise be ignored.
import { z } from '@hono/zod-openapi';
import { isSecureAddress } from '#diagnostics/web-address.ts';
import { isCurrency, MoneyInvalid, parseMoney } from '#kernel/money.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { plainWords } from './faults.ts';
import { amount, line } from './fields.ts';

const itemsMax = 100;
const quantityMax = 10_000;
const metadataKeysMax = 20;

const quantity = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(quantityMax, `must be at most ${quantityMax}`);

const item = z.strictObject({ sku: line(100).nullish(), name: line(200), quantity, unit_amount: amount }, plainWords);

/**
 * What has the form of an address, and no more: of those that exist many break the rules that validators have (`a=b@…`,
 * unicode domains), and an order is not refused because of one.
 */
const emailAddress = line(254)
  .refine((text) => /^(?:".+"|[^\s"]+)@[^\s@]+$/u.test(text), 'must be an e-mail address')
  .openapi({ example: 'ada@example.com' });

const redirectUrl = z
  .string(plainWords)
  .max(2_048, 'must have at most 2048 characters')
  .refine(isRedirectUrl, 'must be an https:// URL (http:// on loopback only) without credentials');

function isRedirectUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '' && isSecureAddress(url);
}

const metadataRecord = z
  .record(
    line(64),
    z
      .string(plainWords)
      .max(500, 'must have at most 500 characters')
      .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be plain text'),
    plainWords,
  )
  .refine((record) => Object.keys(record).length <= metadataKeysMax, `must have at most ${metadataKeysMax} keys`);

/** z.record drops this one key silently, to keep prototypes safe. */
const metadata = z.preprocess((value, context) => {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
    context.addIssue({ code: 'custom', path: ['__proto__'], message: 'is not a name that metadata may have' });
  }
  return value;
}, metadataRecord);

export const orderRequestSchema = z
  .strictObject(
    {
      reference: line(200).nullish().openapi({ description: "The shop's own reference of the order." }),
      items: z.array(item, plainWords).min(1, 'must not be empty').max(itemsMax, `must have at most ${itemsMax} items`),
      currency: z
        .string(plainWords)
        .refine(isCurrency, 'must be an ISO 4217 code in capitals, or USDC')
        .openapi({ example: 'USD' }),
      customer: z
        .strictObject(
          {
            email: emailAddress.nullish(),
            name: line(200).nullish(),
          },
          plainWords,
        )
        .nullish(),
      provider: z.enum(['auto', ...providerNames], `must be auto or one of ${providerNames.join(', ')}`).nullish(),
      redirect_url: redirectUrl.nullish().openapi({ description: 'Where the customer returns to after paying.' }),
      metadata: metadata.nullish(),
    },
    plainWords,
  )
  .superRefine(
    (order, context) => {
      for (const { path, message } of priceItems(order).faults) context.addIssue({ code: 'custom', path, message });
    },
    // Also when other fields are wrong: all faults are found at once.
    { when: () => true },
  )
  .openapi('OrderRequest');

const priced = z.object({ currency: z.string().refine(isCurrency), items: z.array(z.unknown()).max(itemsMax) });
const pricedItem = z.object({ unit_amount: amount, quantity });

/** Reads amounts together with their currency, of a body that may have other faults; the sum is made of integers. */
export function priceItems(order: unknown) {
  const { data } = priced.safeParse(order);
  const unitAmounts: number[] = [];
  const faults: { path: (string | number)[]; message: string }[] = [];
  let total = 0n;
  for (const [index, raw] of data?.items.entries() ?? []) {
    const entry = pricedItem.safeParse(raw);
    if (!entry.success || data === undefined) continue;
    try {
      const { amountMinor } = parseMoney(entry.data.unit_amount, data.currency);
      unitAmounts[index] = amountMinor;
      total += BigInt(amountMinor) * BigInt(entry.data.quantity);
    } catch (error) {
      if (!(error instanceof MoneyInvalid)) throw error;
      faults.push({ path: ['items', index, 'unit_amount'], message: error.message });
    }
  }
  const isWhole = data !== undefined && unitAmounts.length === data.items.length && faults.length === 0;
  if (isWhole && total === 0n && unitAmounts.length > 0) {
    faults.push({ path: ['items'], message: 'the total must be more than nothing' });
  }
  if (total > BigInt(Number.MAX_SAFE_INTEGER)) faults.push({ path: ['items'], message: 'the total is too large' });
  return { unitAmounts, faults };
}

export const orderRequestExample: z.input<typeof orderRequestSchema> = {
  reference: 'web-77',
  items: [{ sku: 'book', name: 'A book', quantity: 2, unit_amount: '24.50' }],
  currency: 'USD',
  customer: { email: 'ada@example.com', name: 'Ada' },
  provider: 'auto',
  redirect_url: 'https://shop.example.com/thanks',
  metadata: { cart: '9' },
};
