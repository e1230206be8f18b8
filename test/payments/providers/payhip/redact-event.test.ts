import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactPayhipEvent } from '#payments/providers/payhip/event-body.ts';

describe('what leaves the app of an event', () => {
  test('has neither its signature nor a license key, and all the rest', () => {
    const item = { product_name: 'Font "Ann"', license_key: 'WTKP4-66NL5', quantity: '1' };
    const body = JSON.stringify({ id: 'A1', items: [item, { ...item, license_key: 12_345 }], signature: 'ab12' });
    expect(JSON.parse(redactPayhipEvent(body))).toEqual({
      id: 'A1',
      items: [
        { ...item, license_key: '…' },
        { ...item, license_key: '…' },
      ],
      signature: '…',
    });
  });

  test.each([
    '{"signature" : "ab12',
    '{"signature":\n"ab12"}',
    '{"SIGNATURE":"ab12"}',
    '{"licence_key":"ab12", "x":1}',
    '{"license_key":"a\\"ab12"}',
    'x "license_key": ab12, y',
  ])('shows none of %s, though it is no JSON or oddly written', (body) => {
    expect(redactPayhipEvent(body)).not.toContain('ab12');
  });

  test('has no license key, whatever it is made of', () => {
    const key = fc.string({ minLength: 1, unit: 'binary' }).map((text) => `<${text}>`);
    fc.assert(
      fc.property(key, (license_key) => {
        const struck = redactPayhipEvent(JSON.stringify({ a: 1, license_key, b: { c: 2 } }));
        expect(JSON.parse(struck)).toEqual({ a: 1, license_key: '…', b: { c: 2 } });
      }),
    );
  });
});
