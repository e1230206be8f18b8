import { describe, expect, test } from 'vitest';
import { createSecretSearch } from '#logging/redaction.ts';

const holdsSecret = createSecretSearch(['whsec_configured/1']);

describe('a text that somebody wrote', () => {
  test.each([
    'see whsec_configured/1 there',
    encodeURIComponent('whsec_configured/1'),
    'prod_sk_4YbGmaBCeP7qZ',
    'the key is prod_sk_4YbGmaBCeP7qZ.',
    '123456789:abcdefghijklmnopqrstuvwxyz_0123',
    'eyJhbGciOiJFUzI1NiJ9.payload.signature',
    '-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----',
  ])('has a secret in it: %s', (text) => {
    expect(holdsSecret(text)).toBe(true);
  });

  test.each([
    'The customer asked for it',
    'sent the wrong token 0xdAC17F958D2ee523a2206206994597C13D831ec7',
    'see https://shop.example/orders?key=5&mail=ann@example.org',
    'whsec_ is what it begins with, as prod_sk_ does elsewhere',
    'transaction 3f9a1c0b77de000000000000000000000000000000000000000000000000ab12 at 12:30',
  ])('has none: %s', (text) => {
    expect(holdsSecret(text)).toBe(false);
  });
});
