// What the load balancer, Prometheus and an admin see of the process: through the whole product.
import { afterEach, expect, test } from 'vitest';
import { type Clock, hour } from '#kernel/clock.ts';
import { type AppFixture, openAppFixtureIn } from '#test/support/app-fixture/app-fixture.ts';
import { openWorld } from '#test/support/app-fixture/world.ts';
import { findFreePort } from '#test/support/process/free-port.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

let app: AppFixture;
afterEach(() => app[Symbol.asyncDispose]());

async function readiness(): Promise<{ status: number; jobs: unknown }> {
  const { status, json } = await app.send('/readyz');
  const { checks } = json as { checks: { name: string }[] };
  return { status, jobs: checks.find(({ name }) => name === 'jobs') };
}

test('jobs on time are shown; jobs that stand still make the process unready, and are red in the metrics and in the chat', async () => {
  const world = await openWorld();
  // Jobs run once at the start; who sleeps on this clock is not woken before the end.
  const sleep: Clock['sleep'] = (_ms, signal) =>
    new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));
  app = await openAppFixtureIn(world, { jobClock: { ...world.clock, sleep } });
  expect(await readiness()).toMatchObject({ status: 200, jobs: { ok: true, vital: true, detail: '19 on time' } });
  expect((await app.send('/metrics')).text).toContain('tillkeeper_job_overdue{job="poll-payments"} 0');
  // A job of an interval is overdue by elapsed time: that the wall clock is set back changes nothing.
  world.clock.set(-3 * hour);
  world.clock.move(2 * hour);
  await awaitUntil(async () => (await readiness()).status === 503, { what: 'an unready process' });
  expect(await readiness()).toMatchObject({
    jobs: { ok: false, detail: expect.stringMatching(/^overdue: .*poll-payments/) },
  });
  const { text } = await app.send('/metrics');
  expect(text).toContain('tillkeeper_job_overdue{job="poll-payments"} 1');
  expect(text).toContain('tillkeeper_job_overdue{job="prune"} 0');
  await app.runJob('watch-jobs');
  const card = await app.awaitCard(({ text: said }) => said.includes('jobs do not run'));
  expect(card.text).toContain('poll-payments');
  const health = await app.ask('/health', ({ text: answer }) => answer.includes('🔴 job'));
  expect(health.text).toMatch(/🔴 job poll-payments, .* · overdue, it stands still/);
});

test('a provider that has answered no call since the start is not said to answer', async () => {
  const nobody = `http://127.0.0.1:${await findFreePort()}`;
  app = await openAppFixtureIn(await openWorld({ env: { PAYHIP_API_URL: nobody } }));
  const payhip = async (): Promise<unknown> => {
    const { checks } = (await app.send('/readyz')).json as { checks: { name: string }[] };
    return checks.find(({ name }) => name === 'provider payhip');
  };
  const failed = { ok: false, detail: 'has not answered since the start' };
  await expect.poll(payhip).toMatchObject(failed);
  const health = await app.ask('/health', ({ text }) => text.includes('🔴 provider payhip'));
  expect(health.text).not.toContain('🟢 5 providers');
});
