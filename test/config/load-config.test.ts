import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { loadConfig, loadDatabaseConfig } from '#config/load-config.ts';
import { settings } from '#config/settings.ts';
import { eachProvider } from '#kernel/provider-name.ts';

const noFile = (): never => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};
const minimal = { TELEGRAM_BOT_TOKEN: '1001:admin-token', OWNER_IDS: '7' };
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'sec1', format: 'pem' })
  .toString();
const coinbase = {
  COINBASE_API_KEY_ID: 'organizations/o/apiKeys/k',
  COINBASE_API_KEY_SECRET: pem,
  COINBASE_WEBHOOK_SECRET: 'hook',
};
const standardSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

function load(env: Record<string, string | undefined>, files: Record<string, string> = {}) {
  return loadConfig(env, { readFile: (path) => files[path] ?? noFile() });
}

function configOf(env: Record<string, string | undefined>, files: Record<string, string> = {}) {
  const loaded = load({ ...minimal, ...env }, files);
  if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
  return loaded.config;
}

function faultsOf(env: Record<string, string | undefined>, files: Record<string, string> = {}): string[] {
  const loaded = load({ ...minimal, ...env }, files);
  return loaded.ok ? [] : loaded.faults;
}

describe('a configuration that is right', () => {
  test('a token and an owner are enough, and all else has its default', () => {
    expect(configOf({})).toMatchObject({
      telegram: {
        apiRoot: 'https://api.telegram.org',
        adminToken: '1001:admin-token',
        pager: { kind: 'shared' },
        updates: { kind: 'polling' },
        ownerIds: [7],
        alertChatId: null,
      },
      http: { host: '127.0.0.1', port: 8080, publicUrl: null },
      database: { engine: 'sqlite', file: './data/tillkeeper.db' },
      providers: eachProvider(() => null),
      storeApi: null,
      storeWebhook: null,
      timeZone: 'UTC',
      logLevel: 'info',
    });
    expect([...configOf({}).roles]).toEqual(['web', 'bot', 'worker', 'scheduler']);
  });

  test('blanks around a value are cut, and an empty value counts as unset', () => {
    const config = configOf({ PORT: '  9090 \n', HOST: '', OWNER_IDS: ' 7 , 8,7 ' });
    expect(config.http).toMatchObject({ port: 9090, host: '127.0.0.1' });
    expect(config.telegram.ownerIds).toEqual([7, 8]);
  });

  test('nothing in it can be changed', () => {
    const config = configOf(coinbase);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.providers.coinbase?.webhookSecrets)).toBe(true);
  });

  test('NAME_FILE reads the value from a file', () => {
    const config = configOf({ STORE_API_KEY_FILE: '/run/key' }, { '/run/key': 'from-a-file\n' });
    expect(config.storeApi).toEqual({ keys: ['from-a-file'] });
  });

  test('a secret may have a second value while it is rotated', () => {
    const config = configOf({
      ...coinbase,
      COINBASE_WEBHOOK_SECRET: 'new-one, old-one',
      STORE_API_KEY: 'key-one-1,key-two-2',
    });
    expect(config.providers.coinbase?.webhookSecrets).toEqual(['new-one', 'old-one']);
    expect(config.storeApi?.keys).toEqual(['key-one-1', 'key-two-2']);
  });

  test('the pager is its own bot only with a token of its own', () => {
    expect(configOf({ TELEGRAM_PAGER_TOKEN: '2002:pager' }).telegram.pager).toEqual({
      kind: 'own',
      token: '2002:pager',
    });
    expect(configOf({ TELEGRAM_PAGER_TOKEN: minimal.TELEGRAM_BOT_TOKEN }).telegram.pager).toEqual({ kind: 'shared' });
  });

  test('webhook mode carries its address and its secrets', () => {
    const env = {
      TELEGRAM_MODE: 'webhook',
      PUBLIC_URL: 'https://pay.example.com/',
      TELEGRAM_WEBHOOK_SECRET: 'abc-defg',
    };
    const updates = { kind: 'webhook', publicUrl: 'https://pay.example.com', secrets: ['abc-defg'] };
    expect(configOf(env).telegram.updates).toEqual(updates);
  });

  test.each([
    ['file:./data/a.db', { engine: 'sqlite', file: './data/a.db' }],
    ['file:/var/lib/a.db', { engine: 'sqlite', file: '/var/lib/a.db' }],
    ['file:///var/lib/a.db', { engine: 'sqlite', file: '/var/lib/a.db' }],
    ['postgres://u:p@db/till', { engine: 'postgres', url: 'postgres://u:p@db/till' }],
    ['postgresql://db/till', { engine: 'postgres', url: 'postgresql://db/till' }],
  ])('the database may be %s', (text, database) => {
    expect(configOf({ DATABASE_URL: text }).database).toEqual(database);
  });

  test.each([
    ['a SEC1 PEM', pem],
    ['a PEM with literal line ends', pem.trim().replaceAll('\n', '\\n')],
    [
      'a PKCS8 PEM of Ed25519',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
    ['base64 of 64 bytes', Buffer.alloc(64, 3).toString('base64')],
  ])('a Coinbase key may be %s', (_form, key) => {
    expect(configOf({ ...coinbase, COINBASE_API_KEY_SECRET: key }).providers.coinbase?.keySecrets).toHaveLength(1);
  });

  test('BitPay sells with a point-of-sale token alone', () => {
    const config = configOf({ BITPAY_POS_TOKEN: 'pos-token' });
    expect(config.providers.bitpay).toEqual({ apiUrl: 'https://bitpay.com', posTokens: ['pos-token'], merchant: null });
  });

  test('Payhip receives webhooks with a key and a path, and may have two of each', () => {
    const config = configOf({ PAYHIP_API_KEY: 'new-key,old-key', PAYHIP_WEBHOOK_PATH_SECRET: 'a-path.~_,another.one' });
    expect(config.providers.payhip).toEqual({
      apiUrl: 'https://payhip.com/api/v2',
      apiKeys: ['new-key', 'old-key'],
      pathSecrets: ['a-path.~_', 'another.one'],
    });
  });

  test('a setting that this version does not know breaks nothing', () => {
    expect(faultsOf({ STRIPE_API_KEY: 'x', REFUND_APPROVAL_OVER: '100 USD', SOMETHING_ELSE: '1' })).toEqual([]);
  });

  test('a group may be the alert chat', () => {
    expect(configOf({ ALERT_CHAT_ID: '-1001234567890' }).telegram.alertChatId).toBe(-1_001_234_567_890);
  });

  test('the database alone is configured without a bot', () => {
    const loaded = loadDatabaseConfig({ DATABASE_URL: 'file:a.db' }, { readFile: noFile });
    expect(loaded).toMatchObject({ ok: true, config: { database: { engine: 'sqlite', file: 'a.db' } } });
  });
});

describe('a configuration that is wrong', () => {
  test('every fault is reported at once, one line each', () => {
    const loaded = load({ PORT: 'x', TIME_ZONE: 'Mars/Base', COINBASE_API_KEY_ID: 'k' });
    const faults = loaded.ok ? [] : loaded.faults;
    const named = [
      'PORT',
      'TIME_ZONE',
      'TELEGRAM_BOT_TOKEN',
      'OWNER_IDS',
      'COINBASE_API_KEY_SECRET',
      'COINBASE_WEBHOOK_SECRET',
    ];
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(named);
    expect(faults.every((fault) => !fault.includes('\n'))).toBe(true);
  });

  const canary = 'CANARY-c0ffee';
  test.each([
    [{ TELEGRAM_BOT_TOKEN: canary }, 'TELEGRAM_BOT_TOKEN is not a bot token'],
    [{ TELEGRAM_BOT_TOKEN: '1:a,2:b,3:c' }, 'TELEGRAM_BOT_TOKEN takes at most 2 values'],
    [{ OWNER_IDS: '12,@me' }, 'OWNER_IDS must be Telegram user ids'],
    [{ OWNER_IDS: '-5' }, 'OWNER_IDS must be Telegram user ids'],
    [{ OWNER_IDS: '9999999999999999' }, 'OWNER_IDS must be Telegram user ids'],
    [{ ALERT_CHAT_ID: '0' }, 'ALERT_CHAT_ID must be a Telegram chat id'],
    [{ PORT: '70000' }, 'PORT must be a number from 0 to 65535'],
    [{ TELEGRAM_MODE: 'push' }, 'TELEGRAM_MODE must be polling or webhook'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
    [{ TIME_ZONE: canary }, 'TIME_ZONE is not a time zone'],
    [{ DATABASE_URL: `mysql://u:${canary}@h/d` }, 'DATABASE_URL must be file:PATH or postgres://'],
    [{ AMQP_URL: `amqp://u:${canary}@h` }, 'AMQP_URL is not built yet'],
    [{ ROLES: 'web,bot' }, 'ROLES accepts only `all` so far'],
    [{ ROLES: 'web,queen' }, 'ROLES must be `all` or a comma list'],
    [{ BITPAY_POS_TOKEN: 'a,,b' }, 'BITPAY_POS_TOKEN has an empty place'],
    [{ STORE_API_KEY: ',' }, 'STORE_API_KEY has an empty place'],
    [
      { BITPAY_POS_TOKEN: 'pos-token', BITPAY_MERCHANT_TOKEN: 'merchant', BITPAY_PRIVATE_KEY: canary },
      'BITPAY_PRIVATE_KEY must be 64',
    ],
    [{ BITPAY_POS_TOKEN: 'pos-token', BITPAY_MERCHANT_TOKEN: 'merchant' }, 'BITPAY_PRIVATE_KEY is missing'],
    [{ BITPAY_API_URL: 'https://test.bitpay.com' }, 'BITPAY_POS_TOKEN is missing'],
    [
      { BTCPAY_URL: 'https://pay.example.com', BTCPAY_API_KEY: 'a-key', BTCPAY_STORE_ID: 's' },
      'BTCPAY_WEBHOOK_SECRET is missing',
    ],
    [{ PAYHIP_API_KEY: canary }, 'PAYHIP_WEBHOOK_PATH_SECRET is missing: Payhip is set up in part'],
    [{ PAYHIP_WEBHOOK_PATH_SECRET: canary }, 'PAYHIP_API_KEY is missing'],
    [{ PAYHIP_API_URL: 'https://payhip.com/api/v2', PAYHIP_API_KEY: canary }, 'PAYHIP_WEBHOOK_PATH_SECRET is missing'],
    [
      { PAYHIP_API_KEY: 'a-key', PAYHIP_WEBHOOK_PATH_SECRET: `${canary}/x` },
      'PAYHIP_WEBHOOK_PATH_SECRET may have 1 to 128',
    ],
    [
      { PAYHIP_API_KEY: 'key-a,key-b,key-c', PAYHIP_WEBHOOK_PATH_SECRET: 'the-path' },
      'PAYHIP_API_KEY takes at most 2 values',
    ],
    [{ ...coinbase, COINBASE_API_KEY_SECRET: canary }, 'COINBASE_API_KEY_SECRET must be a P-256 or Ed25519'],
    [{ STORE_WEBHOOK_URL: 'https://shop.example.com/hook' }, 'STORE_WEBHOOK_SECRET is missing'],
    [{ STORE_WEBHOOK_SECRET: standardSecret }, 'STORE_WEBHOOK_URL is missing'],
    [
      { STORE_WEBHOOK_URL: 'https://s.example.com', STORE_WEBHOOK_SECRET: canary },
      'STORE_WEBHOOK_SECRET must be whsec_',
    ],
    [
      { TELEGRAM_MODE: 'webhook', TELEGRAM_WEBHOOK_SECRET: 'a-secret' },
      'PUBLIC_URL is required when TELEGRAM_MODE is webhook',
    ],
    [{ TELEGRAM_WEBHOOK_SECRET: `${canary}!` }, 'TELEGRAM_WEBHOOK_SECRET may have 1 to 256'],
  ])('%o is refused by its name', (env, fault) => {
    const faults = faultsOf(env);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
    expect(faults.join()).not.toContain(canary);
  });

  test.each(['TELEGRAM_API_ROOT', 'PUBLIC_URL', 'STORE_WEBHOOK_URL', 'BTCPAY_URL'])(
    '%s may be plain http on loopback only',
    (name) => {
      const others = {
        STORE_WEBHOOK_URL: 'https://a.example.com',
        STORE_WEBHOOK_SECRET: standardSecret,
        BTCPAY_URL: 'https://b.example.com',
        BTCPAY_API_KEY: 'a-key',
        BTCPAY_STORE_ID: 's',
        BTCPAY_WEBHOOK_SECRET: 'the-hook',
      };
      for (const host of ['127.0.0.1:8081', '127.3.2.1', 'localhost:1', '[::1]:2']) {
        expect(faultsOf({ ...others, [name]: `http://${host}` })).toEqual([]);
      }
      for (const url of [
        'http://example.com',
        'http://127.0.0.1.example.com',
        'http://localhost.example.com',
        'ftp://localhost',
        'words',
      ]) {
        expect(faultsOf({ ...others, [name]: url })).toHaveLength(1);
      }
    },
  );

  const selfMade = ['STORE_API_KEY', 'METRICS_TOKEN', 'TELEGRAM_WEBHOOK_SECRET'];
  test.each(selfMade)('%s of fewer than eight characters is refused, also as a place of a rotation', (name) => {
    const fault = `${name} is too short: at least 8 characters, such as openssl rand -hex 32 gives`;
    for (const text of ['x', '1234567', 'a-good-long-one,x']) expect(faultsOf({ [name]: text })).toEqual([fault]);
    expect(faultsOf({ [name]: '12345678' })).toEqual([]);
  });

  test('each secret that admins make up has a length below which it is refused', () => {
    const made = Object.entries(settings).filter(([, { isSelfMade }]) => isSelfMade);
    expect(made.length).toBeGreaterThanOrEqual(6);
    for (const [name] of made) expect(faultsOf({ [name]: 'x' })[0]).toContain(name);
  });

  test('a secret that a provider gave and that has lost its end is refused', () => {
    const fault = 'BITPAY_POS_TOKEN is too short: at least 4 characters';
    expect(faultsOf({ BITPAY_POS_TOKEN: 'x' })).toEqual([fault]);
    expect(faultsOf({ BITPAY_POS_TOKEN: 'good-one,x' })).toEqual([fault]);
  });

  test('a value and a file of one name are one too many', () => {
    const faults = faultsOf({ STORE_API_KEY: 'a', STORE_API_KEY_FILE: '/run/key' }, { '/run/key': 'b' });
    expect(faults).toEqual(['STORE_API_KEY and STORE_API_KEY_FILE are both set: keep one']);
  });

  test('a value that was spoilt on its way is named, by its setting or its file, and never shown', () => {
    const canary = 'canary-of-a-secret';
    const faults = faultsOf(
      { STORE_API_KEY: `"${canary}"`, PORT_FILE: '/port', HOST_FILE: 'C:\\host', '\ufeffOWNER_IDS': '1' },
      { '/port': '80\u200b80' },
    );
    expect(faults).toEqual([
      'OWNER_IDS has a character in its name that cannot be seen: save the file it comes from as UTF-8 without BOM',
      'HOST_FILE names a drive of Windows, and this system has none',
      'PORT_FILE names a file that has a character that cannot be seen (U+200B, at place 3): remove it, or type the value anew',
      'STORE_API_KEY is in quotes, which nothing has removed: leave them out',
    ]);
    expect(faults.join()).not.toContain(canary);
  });

  test('a file that is missing or empty is named', () => {
    expect(faultsOf({ PORT_FILE: '/gone', HOST_FILE: '/empty' }, { '/empty': ' \n' })).toEqual([
      'HOST_FILE names a file that is empty',
      'PORT_FILE names a file that cannot be read (ENOENT)',
    ]);
  });
});

describe('what the log must never show', () => {
  test('every secret is listed, in each of its parts', () => {
    const { secrets } = configOf({
      ...coinbase,
      COINBASE_WEBHOOK_SECRET: 'new-one,old-one',
      DATABASE_URL: 'postgres://till:p%40ss@db/till',
    });
    for (const text of [
      '1001:admin-token',
      'new-one',
      'old-one',
      pem.trim(),
      'p@ss',
      'postgres://till:p%40ss@db/till',
    ]) {
      expect(secrets).toContain(text);
    }
    expect(secrets.some((text) => text.includes('organizations/'))).toBe(false);
  });

  test('the signature that Payhip sends with every webhook is one, of each of its keys', () => {
    const { secrets } = configOf({
      PAYHIP_API_KEY: 'new-key,old-key',
      PAYHIP_WEBHOOK_PATH_SECRET: 'path-one,path-two',
    });
    for (const key of ['new-key', 'old-key']) {
      expect(secrets).toContain(createHash('sha256').update(key).digest('hex'));
    }
    for (const secret of ['new-key', 'old-key', 'path-one', 'path-two']) expect(secrets).toContain(secret);
  });
});
