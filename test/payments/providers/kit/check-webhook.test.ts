import { expect, test } from 'vitest';
import { judgeWebhooks, type RegisteredWebhook, type WebhookAttempt } from '#payments/providers/kit/check-webhook.ts';

const webhookUrl = 'https://till.example/webhooks/any';
const expected = { webhookUrl, needed: ['paid', 'expired'], secret: 'ANY_WEBHOOK_SECRET', place: 'its settings' };

function hook(differences: Partial<RegisteredWebhook> = {}, attempts: WebhookAttempt[] = []): RegisteredWebhook {
  return { url: webhookUrl, isEnabled: true, events: 'all', attempts: async () => attempts, ...differences };
}
const attempt = (at: number, httpStatus: number | null): WebhookAttempt => ({
  at,
  httpStatus,
  isTaken: httpStatus === 200,
});

test.each<[string, RegisteredWebhook[], { status: string; detail: string }]>([
  ['none at all', [], { status: 'error', detail: `none posts to ${webhookUrl}` }],
  [
    'one for another host',
    [hook({ url: 'https://old.example/secret-path' })],
    { status: 'error', detail: `none posts to ${webhookUrl} (those there post to old.example)` },
  ],
  ['one that is off', [hook({ isEnabled: false })], { status: 'error', detail: 'ours is switched off' }],
  [
    'one that is off beside one that is on',
    [hook({ isEnabled: false }), hook()],
    { status: 'ok', detail: `posts to ${webhookUrl}, nothing was sent yet` },
  ],
  [
    'one for some events only',
    [hook({ events: ['paid'] })],
    { status: 'warning', detail: 'ours does not send expired' },
  ],
  ['one with a slash at its end', [hook({ url: `${webhookUrl}/` })], { status: 'ok', detail: expect.any(String) }],
])('%s is judged', async (_what, registered, verdict) => {
  expect(await judgeWebhooks(registered, expected)).toMatchObject(verdict);
});

test.each<[string, WebhookAttempt[], { status: string; detail: string }]>([
  [
    'a failure that was got over',
    [attempt(1, 500), attempt(2, 200)],
    { status: 'ok', detail: `posts to ${webhookUrl}, the last delivery was accepted` },
  ],
  [
    'a single failure, whatever the order they come in',
    [attempt(3, null), attempt(2, 200)],
    { status: 'warning', detail: 'the last delivery failed: the newest was not answered' },
  ],
  [
    'three failures in a row',
    [attempt(1, 200), attempt(2, 404), attempt(3, 500), attempt(4, 502)],
    { status: 'error', detail: 'the last 3 deliveries failed: the newest was answered 502' },
  ],
])('%s is judged by its end', async (_what, attempts, verdict) => {
  expect(await judgeWebhooks([hook({}, attempts)], expected)).toMatchObject(verdict);
});

test('a refused signature points to the secret, any other failure to the address', async () => {
  const refused = await judgeWebhooks([hook({}, [attempt(1, 401)])], expected);
  expect(refused.advice).toBe("copy the webhook's secret from its settings to ANY_WEBHOOK_SECRET");
  const lost = await judgeWebhooks([hook({}, [attempt(1, null)])], expected);
  expect(lost.advice).toBe(`check that the provider reaches ${webhookUrl}`);
});

test('without PUBLIC_URL it is unknown whether a webhook is ours', async () => {
  const unknown = { ...expected, webhookUrl: null };
  expect(await judgeWebhooks([hook()], unknown)).toMatchObject({ status: 'warning', advice: 'set PUBLIC_URL' });
  expect(await judgeWebhooks([], unknown)).toMatchObject({ status: 'error', detail: 'none is registered' });
});
