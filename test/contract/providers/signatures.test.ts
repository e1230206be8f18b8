// Whatever a signature covers is changed, one place at a time, and nothing of it may pass: a comparison that is left out,
// stops early or leaves a part out of what is signed fails here. The genuine deliveries come from the simulators, which
// share no code with the adapters.
import { describe, expect, test } from 'vitest';
import type { ProviderName } from '#kernel/provider-name.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { type Delivery, sign, signatureHeader, without } from '#test/support/providers/sign-webhook.ts';
import type { SignedForm } from './provider-case.ts';
import { cases } from './registry.ts';
import { openShop, type Shop } from './shop.ts';

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

describe.each(providersThat('canCreate', 'canFetch'))('%s', (name) => {
  const { covers, secretSetting } = simulators[name].signing;
  const header = signatureHeader(name);

  test('sends webhooks that verify, that point to the payment, and whose copies have one key', async () => {
    await using shop = await openShop(name);
    shop.sandbox.faults(name).set({ duplicateWebhooks: 2 });
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    await shop.visit(reference, 'pay');
    const verdicts = await shop.verdicts();
    expect(verdicts.length).toBeGreaterThanOrEqual(3);
    for (const verdict of verdicts) expect(verdict).toMatchObject({ kind: 'event', reference, trust: 'signed' });
    const keys = verdicts.map((verdict) => (verdict.kind === 'event' ? verdict.eventKey : ''));
    expect(new Set(keys).size).toBe(verdicts.length / 3);
  });

  test('accepts what was sent, in every form that it may be signed in', async () => {
    await using shop = await openShop(name);
    const forms = await formsOf(shop, name);
    expect(forms).not.toEqual([]);
    for (const { delivery } of forms) expect(verdictOf(shop, delivery)).toMatchObject({ kind: 'event' });
  });

  test('refuses a real delivery with one digit changed, because its signature is wrong', async () => {
    await using shop = await openShop(name);
    for (const { delivery } of await formsOf(shop, name)) {
      const body = delivery.body.replace(/\d/, (digit) => (digit === '9' ? '8' : String(Number(digit) + 1)));
      expect(verdictOf(shop, { ...delivery, body })).toEqual({ kind: 'refused', reason: 'signature_wrong' });
    }
  });

  test('refuses it with any byte of the body changed, one cut off or one added', async () => {
    await using shop = await openShop(name);
    for (const { delivery } of await formsOf(shop, name)) {
      const body = Buffer.from(delivery.body);
      const places = [...body.keys()].filter((place) => covers === 'bytes' || !isBlank(body[place] ?? 0));
      const bodies = [
        ...places.map((place) => body.map((byte, index) => (index === place ? byte ^ 1 : byte))),
        body.subarray(0, -1),
        Buffer.concat([body, Buffer.from('0')]),
        Buffer.alloc(0),
      ];
      expect(
        accepted(
          shop,
          bodies.map((changed) => ({ headers: delivery.headers, body: changed })),
        ),
      ).toEqual([]);
    }
  });

  test('refuses it with any character of the signature or of a signed header changed, and with a part of it', async () => {
    await using shop = await openShop(name);
    for (const { delivery, parts, headers } of await formsOf(shop, name)) {
      const signature = delivery.headers[header] ?? '';
      const changes: [string, string[]][] = [
        [header, changedSignatures(signature, parts)],
        ...headers.map((signed): [string, string[]] => [signed, changedTexts(delivery.headers[signed] ?? '')]),
      ];
      for (const [changed, values] of changes) {
        const withOthers = values.map((value) => ({ ...delivery.headers, [changed]: value }));
        const all = [...withOthers, without(delivery.headers, changed)];
        expect(
          accepted(
            shop,
            all.map((one) => ({ headers: one, body: delivery.body })),
          ),
        ).toEqual([]);
      }
    }
  });

  test('refuses what is signed with a secret that differs in any character', async () => {
    await using shop = await openShop(name);
    const [form] = await formsOf(shop, name);
    if (form === undefined) throw new Error('nothing was sent');
    const now = shop.clock.now();
    const secret = shop.environment[secretSetting] ?? '';
    const signed = (other: string): Delivery => sign(name, { ...form.delivery, now, secret: other });
    expect(verdictOf(shop, signed(secret))).toMatchObject({ kind: 'event' });
    const guesses = [...changedTexts(secret), secret.slice(0, -1), `${secret}x`, secret.toUpperCase(), 'guessed'];
    expect(accepted(shop, guesses.filter((guess) => guess !== secret).map(signed))).toEqual([]);
  });

  test('verifies with either secret while one is being rotated, and with no other', async () => {
    await using shop = await openShop(name);
    const forms = await formsOf(shop, name);
    const secret = shop.environment[secretSetting] ?? '';
    for (const [value, kind] of [
      [`the-new-one,${secret}`, 'event'],
      [`${secret},the-old-one`, 'event'],
      ['the-new-one,the-old-one', 'refused'],
    ] as const) {
      const verifier = shop.verifier({ [secretSetting]: value });
      for (const { delivery } of forms)
        expect(verdictOf({ ...shop, provider: verifier }, delivery)).toMatchObject({ kind });
    }
  });
});

/** The webhook of a payment that was just paid, in each of its forms. */
async function formsOf(shop: Shop, name: ProviderName): Promise<readonly SignedForm[]> {
  const { reference } = await shop.provider.createPayment(shop.anOrder());
  await shop.visit(reference, 'pay');
  await shop.sandbox.settle();
  const sent = shop.sandbox.deliveries(name).findLast(({ outcome }) => outcome === 'delivered');
  if (sent === undefined) throw new Error(`${name} sent nothing`);
  return cases[name].signedForms({ headers: { ...sent.headers }, body: sent.body });
}

/** With one character after the other changed, cut short at either end of each part, and repeated. */
function changedSignatures(signature: string, parts: SignedForm['parts']): string[] {
  const changed = parts.flatMap(({ text, alphabet }) => {
    const start = signature.indexOf(text);
    expect(text.length).toBeGreaterThan(0);
    expect(start).toBeGreaterThanOrEqual(0);
    const put = (other: string): string => signature.slice(0, start) + other + signature.slice(start + text.length);
    const swapped = [...text].flatMap((character, index) => {
      const other = otherThan(character, alphabet);
      return other === undefined ? [] : [put(`${text.slice(0, index)}${other}${text.slice(index + 1)}`)];
    });
    const cut = [1, 2, 8, text.length - 1].flatMap((length) => [put(text.slice(0, length)), put(text.slice(length))]);
    return [...swapped, ...cut];
  });
  const all = [...changed, '', `${signature}0`, `${signature},${signature}`];
  return all.filter((text) => text !== signature);
}

/** With one character after the other changed, with none, and with a blank at its end. */
function changedTexts(text: string): string[] {
  const swapped = [...text].map((character, index) => {
    return `${text.slice(0, index)}${character === 'x' ? 'y' : 'x'}${text.slice(index + 1)}`;
  });
  return [...swapped, '', `${text} `];
}

interface Sent {
  headers: Record<string, string>;
  body: string | Uint8Array;
}

function verdictOf({ provider, clock }: Pick<Shop, 'provider' | 'clock'>, { headers, body }: Sent) {
  return provider.verifyWebhook({ headers, body: Buffer.from(body) }, clock.now());
}

/** Those that passed. */
function accepted(shop: Shop, deliveries: readonly Sent[]): Sent[] {
  expect(deliveries).not.toEqual([]);
  return deliveries.filter((delivery) => verdictOf(shop, delivery).kind !== 'refused');
}

/** A character of the same alphabet that means something else; undefined for one that separates. */
function otherThan(character: string, alphabet: 'hex' | 'base64' | 'words'): string | undefined {
  if (character === ' ' || character === '=') return undefined;
  if (alphabet === 'words') return character === 'q' ? 'z' : 'q';
  if (alphabet === 'hex') return (Number.parseInt(character, 16) ^ 1).toString(16);
  // The highest bit: the lowest ones of the last character carry nothing.
  return base64[base64.indexOf(character) ^ 32];
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
