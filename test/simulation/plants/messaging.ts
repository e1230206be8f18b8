import type { Plant } from './plant.ts';

export const messagingPlants: readonly Plant[] = [
  {
    name: 'worker-sleeps-until-woken',
    file: 'src/messaging/workers/worker.ts',
    from: 'await waker.wait(options.sweepMs, stopping.signal);',
    to: 'await waker.wait(options.sweepMs * 86_400, stopping.signal);',
    sentence: 'A worker that found nothing sleeps until something new comes: what is due later is forgotten.',
    breaks: [2, 9, 5],
  },
  {
    name: 'given-up-after-one-crash',
    file: 'src/messaging/workers/worker.ts',
    from: 'export const crashesMax = 3;',
    to: 'export const crashesMax = 1;',
    sentence: 'A message that was in progress when the process died becomes a dead letter at once.',
    breaks: [2, 4, 9, 3],
  },
  {
    name: 'retry-without-a-ceiling',
    file: 'src/messaging/workers/retry-policy.ts',
    from: 'const step = Math.min(policy.firstDelayMs * 2 ** exponent, policy.delayMaxMs);',
    to: 'const step = policy.firstDelayMs * 2 ** exponent;',
    sentence:
      'The wait before the next attempt doubles without an end, so that a long outage is followed by a longer silence.',
    breaks: [2, 9],
  },
  {
    name: 'webhook-id-by-attempt',
    file: 'src/messaging/shop/shop-webhook.ts',
    from: 'const id = String(webhookId);',
    to: "const id = [webhookId, message.finishedAttempts].join('.');",
    sentence: 'The webhook-id of an event for the shop changes with each attempt.',
    breaks: [2],
  },
  {
    name: 'shop-refusal-settles',
    file: 'src/messaging/shop/shop-webhook.ts',
    from: 'if (answer.status >= 200 && answer.status < 300)',
    to: 'if (answer.status >= 200 && answer.status < 500)',
    sentence: 'An event that the shop refuses with a 4xx counts as heard.',
    breaks: [2],
  },
  {
    name: 'expired-lease-stays',
    file: 'src/db/stores/messaging/queue-claims.ts',
    from: "or(isNull(table.lockedUntil), lte(table.lockedUntil, sql.placeholder('now'))),",
    to: 'or(isNull(table.lockedUntil), lte(table.lockedUntil, 0)),',
    sentence: 'A message whose lease ran out, because it could not be settled, is never claimed again.',
    breaks: [9, 2, 4],
    isHard: true,
  },
  {
    name: 'newest-message-first',
    file: 'src/db/stores/messaging/queue-claims.ts',
    from: 'asc(table.availableAt), asc(table.id)];',
    to: `sql\`\${table.availableAt} desc\`, asc(table.id)];`,
    sentence:
      'Of several messages that are due the newest is taken first: the shop hears of things in the wrong order.',
    breaks: [2, 9],
    isHard: true,
  },
  {
    name: 'job-ends-after-failures',
    file: 'src/jobs/job-runner.ts',
    from: 'if (stopping.aborted) return undefined;',
    to: 'if (stopping.aborted || failures.runs >= 3) return undefined;',
    sentence: 'A job that failed three times, as while nothing can be stored, is not started any more.',
    breaks: [9, 1, 5],
    isHard: true,
  },
];
