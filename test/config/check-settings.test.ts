import { describe, expect, test } from 'vitest';
import { loadConfig } from '#config/load-config.ts';

const random = '9f4c2b7e1d6a8053e7b1c4d2';
const minimal = { TELEGRAM_BOT_TOKEN: '1001:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp', OWNER_IDS: '7' };

function remarksOf(env: Record<string, string>): string[] {
  const loaded = loadConfig({ ...minimal, ...env }, { readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
  for (const { status, advice } of loaded.config.remarks) expect(advice === null).toBe(status === 'ok');
  return loaded.config.remarks.map(({ name, status, detail }) => `${name} ${status}: ${detail}`);
}

test('settings without a remark are one line', () => {
  expect(remarksOf({ STORE_API_KEY: random })).toEqual(['secrets ok: long enough, and all different']);
});

describe('a secret', () => {
  test.each(['change-me-please-change-me', 'your-secret-key-goes-here', 'password', '12345678', 'xxxxxxxx'])(
    'that is the example %s is wrong',
    (example) => {
      expect(remarksOf({ STORE_API_KEY: example })[0]).toBe(
        'STORE_API_KEY error: looks like an example, which is public',
      );
    },
  );

  test('that admins choose has to be long and mixed; each value of a rotation is checked', () => {
    expect(remarksOf({ STORE_API_KEY: `${random},0a1b2c3d4e5f` })).toEqual([
      'STORE_API_KEY warning: is short: 12 characters instead of at least 20',
    ]);
    expect(remarksOf({ STORE_API_KEY: 'abababababababababababab' })).toEqual(['STORE_API_KEY warning: is too simple']);
  });

  test('that ends an address is one of those', () => {
    const payhip = { PAYHIP_API_KEY: 'ph_key_that_was_given' };
    expect(remarksOf({ ...payhip, PAYHIP_WEBHOOK_PATH_SECRET: random })).toHaveLength(1);
    expect(remarksOf({ ...payhip, PAYHIP_WEBHOOK_PATH_SECRET: 'my-ending' })).toEqual([
      'PAYHIP_WEBHOOK_PATH_SECRET warning: is short: 9 characters instead of at least 20',
    ]);
  });

  test('that a provider gave is taken as it is', () => {
    expect(remarksOf({ BITPAY_POS_TOKEN: 'aaaabbbb' })).toEqual(['secrets ok: long enough, and all different']);
  });

  test('that two settings share is reported, whichever place of a rotation it has', () => {
    const remarks = remarksOf({ STORE_API_KEY: random, BITPAY_POS_TOKEN: `another,${random}` });
    expect(remarks).toEqual([
      'BITPAY_POS_TOKEN warning: has the same value as STORE_API_KEY: a leak of one exposes both',
    ]);
    expect(remarksOf({ TELEGRAM_PAGER_TOKEN: minimal.TELEGRAM_BOT_TOKEN })).toHaveLength(1);
  });
});

describe('a setting without effect', () => {
  test('is reported when it has one of our prefixes, with the setting that was meant', () => {
    expect(remarksOf({ TELEGRAM_PAGER_TOKN: 'x' })[0]).toContain('TELEGRAM_PAGER_TOKN warning: has no effect');
    const loaded = loadConfig({ ...minimal, BTCPAY_URL_: '', STORE_APIKEY: 'x' }, { readFile: () => '' });
    expect(loaded.ok && loaded.config.remarks[0]).toMatchObject({
      name: 'STORE_APIKEY',
      advice: 'did you mean STORE_API_KEY?',
    });
  });

  test('is reported when it is documented for a later version', () => {
    expect(remarksOf({ REFUND_APPROVAL_OVER: '100 USD' })[0]).toContain('REFUND_APPROVAL_OVER warning: has no effect');
    expect(remarksOf({ ROLES: 'all' }).at(-1)).toContain('ROLES ok: has no effect yet');
  });

  test('is ignored when it belongs to another program', () => {
    expect(remarksOf({ EDITOR: 'vi', COLORTERM: 'x' })).toEqual(['secrets ok: long enough, and all different']);
  });
});

test('no remark repeats a value', () => {
  const remarks = remarksOf({ STORE_API_KEY: 'CANARYexample', BITPAY_POS_TOKEN: 'CANARYexample', BITPAY_X: 'CANARY' });
  expect(remarks.length).toBeGreaterThan(2);
  expect(remarks.join()).not.toContain('CANARY');
});
