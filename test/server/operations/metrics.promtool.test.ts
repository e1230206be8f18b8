import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createMetrics } from '#server/operations/metrics.ts';
import { recordOneOfEach } from './metrics-samples.ts';

test('promtool is content with every metric', async () => {
  const metrics = createMetrics({ version: '1.2.3' });
  recordOneOfEach(metrics);
  const { body } = await metrics.text();
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
    input: body,
    encoding: 'utf8',
  });
  expect({ status, said: `${stdout}${stderr}`, error }).toEqual({ status: 0, said: '', error: undefined });
});
