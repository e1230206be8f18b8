import { describe, expect, test } from 'vitest';
import { createLogger, type LogLevel, toEventLog } from '#logging/logger.ts';

const pem =
  '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEICANARYpemLineOneOfTheKey0123456789abcd\nCANARYpemLineTwo0123456789==\n-----END EC PRIVATE KEY-----';
const canary = 'CANARY+s3cret/with"quotes&more';

function capture(secrets: string[], level: LogLevel = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ level, secrets, destination: { write: (line) => lines.push(line) } });
  return { logger, log: toEventLog(logger), lines, text: () => lines.join('') };
}

function expectNoCanary(text: string): void {
  expect(text).not.toMatch(/canary/i);
  for (const line of text.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
}

describe('a log line', () => {
  test('is one fixed phrase with facts as fields', () => {
    const { log, lines } = capture([]);
    log.info('payment applied', { orderId: 'o-1', attempt: 2 });
    const line = JSON.parse(lines[0] ?? '');
    expect(line).toMatchObject({ level: 'info', msg: 'payment applied', orderId: 'o-1', attempt: 2 });
    expect(Number.isNaN(Date.parse(line.time))).toBe(false);
  });

  test('of an error names it and its causes, and stops at a circle', () => {
    const { log, lines } = capture([]);
    const first = new Error('outer', { cause: new TypeError('inner') });
    log.error('job failed', { job: 'prune' }, first);
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      message: 'outer',
      cause: { type: 'TypeError', message: 'inner' },
    });
    first.cause = first;
    log.error('job failed', {}, first);
    expect(lines).toHaveLength(2);
  });

  test('below the level is not written', () => {
    const { log, lines } = capture([], 'error');
    log.warn('nothing');
    expect(lines).toEqual([]);
  });
});

describe('a configured secret', () => {
  test.each([
    ['in a field', (secret: string) => ({ note: secret })],
    ['deep in a field', (secret: string) => ({ a: { b: [{ c: `x${secret}y` }] } })],
    ['in a URL', (secret: string) => ({ url: `https://h/x?q=${encodeURIComponent(secret)}` })],
    ['in base64', (secret: string) => ({ auth: Buffer.from(secret).toString('base64') })],
    ['in base64url', (secret: string) => ({ auth: Buffer.from(secret).toString('base64url') })],
    ['in JSON within JSON', (secret: string) => ({ text: JSON.stringify({ key: secret }) })],
    ['as the name of a field', (secret: string) => ({ [secret]: 1 })],
  ])('%s is redacted', (_place, factsOf) => {
    const { log, text } = capture([canary]);
    log.info('event', factsOf(canary));
    expect(text()).toContain('[redacted]');
    expectNoCanary(text());
    expect(text()).not.toContain(Buffer.from(canary).toString('base64').slice(0, 16));
  });

  test('in the message and in the stack of an error is redacted', () => {
    const { log, text } = capture([canary]);
    log.error('call failed', {}, new Error(`bad key ${canary}`, { cause: new Error(canary) }));
    expectNoCanary(text());
  });

  test('that is a key in PEM is redacted whole, by the line and with literal line ends', () => {
    const { log, text } = capture([pem]);
    log.info('event', { whole: pem, literal: pem.replaceAll('\n', '\\n'), line: pem.split('\n')[1] ?? '' });
    log.info('event', { text: JSON.stringify({ pem }) });
    expectNoCanary(text());
  });

  test('that is part of another one does not leave the rest of it readable', () => {
    const { log, text } = capture(['CANARYkey', 'CANARYkey-and-canary-tail']);
    log.info('event', { note: 'CANARYkey-and-canary-tail' });
    expectNoCanary(text());
  });

  test('too short to be one leaves the log readable', () => {
    const { log, text } = capture(['a']);
    log.info('payment applied');
    expect(text()).toContain('payment applied');
  });
});

describe('a secret that nobody configured', () => {
  test.each([
    'https://api.telegram.org/bot123456:CANARYabcdef/sendMessage',
    'https://api.telegram.org/file/bot123456%3ACANARYabcdef/x.png',
    'token is 123456789:CANARYabcdefghijklmnopqrstuvwxyz_0123',
    'Authorization: Bearer CANARY.abc-def',
    'authorization: token CANARYcanaryCANARYcanary0123',
    'prod_sk_CANARYcanary0123',
    'Basic Q0FOQVJZCANARYQ==',
    'jwt eyJhbGciOiJFUzI1NiJ9.CANARYpayload.CANARYsignature',
    'GET https://bitpay.com/invoices/1?token=CANARYtoken&x=1',
    'postgres://till:CANARYpassword@db/till',
    pem,
  ])('is known by its shape: %s', (text) => {
    const recorder = capture([]);
    recorder.log.warn('event', { text });
    recorder.log.error('event', {}, new Error(text));
    expectNoCanary(recorder.text());
  });

  test('is left as it is where the caller has it, and redacted in lists, too', () => {
    const { log, lines } = capture([]);
    const facts = { calls: [{ token: 'CANARY' }, { token: null }], none: null };
    log.info('event', facts);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      calls: [{ token: '[redacted]' }, { token: '[redacted]' }],
      none: null,
    });
    expect(facts.calls[0]).toEqual({ token: 'CANARY' });
  });

  test.each(['token', 'secret', 'password', 'authorization', 'headers', 'body', 'apiKey', 'privateKey'])(
    'in a field called %s is struck out',
    (field) => {
      const { log, text } = capture([]);
      log.info('event', { [field]: 'CANARY', request: { [field]: 'CANARY', inner: { [field]: 'CANARY' } } });
      expectNoCanary(text());
    },
  );

  test('in the request of an HTTP client error never reaches the log', () => {
    const { log, text } = capture([]);
    const headers = new Headers({ 'x-signature': 'CANARY-header' });
    const request = { headers, body: '{"token":"CANARY-body"}', url: 'https://bitpay.com/invoices' };
    log.error('call failed', {}, Object.assign(new Error('timeout'), { code: 'ECONNABORTED', request }));
    expectNoCanary(text());
    expect(text()).toContain('ECONNABORTED');
  });
});
