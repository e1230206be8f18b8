import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toExactJson } from '#sandbox/providers/bitpay/json.ts';
import { isRequestSigned, webhookSignature } from '#sandbox/providers/bitpay/signatures.ts';
import { btcPaySignature } from '#sandbox/providers/btcpay/webhook.ts';
import { hook0Signature } from '#sandbox/providers/coinbase/hook0.ts';
import { readSample } from './support.ts';

interface Hook0Vector {
  readonly name: string;
  readonly secret: string;
  readonly body: string;
  readonly headers: Record<string, string>;
  readonly x_hook0_signature: string;
}

describe('the published vectors', () => {
  const { vectors } = readSample<{ vectors: Hook0Vector[] }>('coinbase-business/webhook-signature-vectors.json');

  test.each(vectors)('Hook0: $name', ({ secret, body, headers, x_hook0_signature: published }) => {
    const fields = new Map(published.split(',').map((part) => part.split('=', 2) as [string, string]));
    const names = (fields.get('h') ?? '').split(' ').filter(Boolean);
    const signed = Object.fromEntries(names.map((name) => [name, headers[name] ?? '']));
    const ours = hook0Signature({ secret, time: Number(fields.get('t')), body, headers: signed });
    const kinds = ['v0', 'v1'].filter((kind) => fields.has(kind));
    expect(kinds).not.toEqual([]);
    for (const kind of kinds) expect(ours).toContain(`${kind}=${fields.get(kind)}`);
  });

  test('Hook0: with both schemes the header is the published one, byte for byte', () => {
    const vector = vectors.find(({ x_hook0_signature: text }) => text.includes('v0=') && text.includes('v1='));
    const { secret = '', body = '', headers = {}, x_hook0_signature: published } = vector ?? {};
    expect(hook0Signature({ secret, time: 1763065015, body, headers })).toBe(published);
  });

  test('BitPay signs a webhook in base64 with the API token', () => {
    const { vectors: bitpay } = readSample<{ vectors: { key: string; body: string; x_signature: string }[] }>(
      'bitpay/webhook-signature-vectors.json',
    );
    expect(bitpay).not.toEqual([]);
    for (const { key, body, x_signature: published } of bitpay) expect(webhookSignature(key, body)).toBe(published);
  });

  test('BitPay accepts the published request signature, and no other text under it', () => {
    const vector = readSample<{ x_identity: string; signed_string: string; x_signature_rfc6979: string }>(
      'bitpay/request-signing-vector.json',
    );
    const request = { identity: vector.x_identity, signature: vector.x_signature_rfc6979, text: vector.signed_string };
    expect(isRequestSigned(request)).toBe(true);
    expect(isRequestSigned({ ...request, text: `${vector.signed_string}&` })).toBe(false);
    expect(isRequestSigned({ ...request, identity: `02${'00'.repeat(32)}` })).toBe(false);
    expect(isRequestSigned({ ...request, signature: undefined })).toBe(false);
  });

  test('BTCPay signs the indented body', () => {
    const { vectors: btcpay } = readSample<{ vectors: { secret: string; body: string; btcpay_sig: string }[] }>(
      'btcpay/webhook-signature-vectors.json',
    );
    expect(btcpay).not.toEqual([]);
    for (const { secret, body, btcpay_sig: published } of btcpay) expect(btcPaySignature(secret, body)).toBe(published);
  });
});

describe("BitPay's numbers", () => {
  test.each([
    [10n ** 19n, '10000000000000000000'],
    [123456789012345678901n, '123456789012345678901'],
    [1699895497000000000000n, '1.699895497e+21'],
    [2n * 10n ** 21n, '2e+21'],
    [1000000000000000000001n, '1.000000000000000000001e+21'],
  ])('%d keeps every digit', (value, text) => {
    expect(toExactJson({ value })).toBe(`{"value":${text}}`);
  });

  test('are written by the real one in the same form', () => {
    const url = new URL('../../fixtures/providers/bitpay/webhook-extended-invoice_completed.json', import.meta.url);
    expect(readFileSync(url, 'utf8')).toContain('"MATIC":216309756000000000000,');
    expect(toExactJson({ MATIC: 216309756000000000000n })).toBe('{"MATIC":216309756000000000000}');
  });
});
