// A monitor that asks every few minutes for a while, as Prometheus and an uptime check do, and compares what it is told with what
// is the case.
import { minute, second } from '#kernel/clock.ts';
import { readSamples } from '../invariants/facts/samples.ts';
import { withLook } from '../invariants/look.ts';
import type { StepKind } from '../plan/step-kind.ts';
import { callProduct } from '../world/call-product.ts';
import type { World } from '../world/world.ts';

const triesMax = 3;

/** Troubles that a check is about, each with a query for what is wrong now; `:now` is the product's time in seconds. */
const troubles: readonly { check: string; query: string }[] = [
  {
    check: 'shop',
    query: `select id from outbox_messages where lane = 'shop' and processed_at is null and received_at / 1e3 < :now - 110`,
  },
  {
    check: 'alerts',
    query: `select id from outbox_messages
      where lane = 'pager' and processed_at is null and abandoned_at is null and outcome = 'owed'`,
  },
  ...['blind', 'retired'].map((status) => ({
    check: 'provider',
    query: `select provider as id from provider_outages where status = '${status}'`,
  })),
];

export const scraper: StepKind = {
  share: 0.4,
  perDay: 1.5,
  async act(world, chance) {
    const pauseMs = chance.between(1, 10) * minute;
    for (let left = chance.between(3, 12); left > 0; left -= 1) {
      if (chance.chance(0.6)) await askWhetherWell(world);
      else await scrape(world);
      await world.wait(pauseMs);
    }
  },
};

async function askWhetherWell(world: World): Promise<void> {
  const before = await readTroubles(world);
  const live = await ask(world, '/livez');
  const ready = await ask(world, '/readyz');
  if (live !== undefined && live.status !== 200) complain(world, `/livez answers ${live.status}: ${live.text}`);
  if (ready === undefined) return;
  const { status, checks = [] } = JSON.parse(ready.text) as Partial<Readiness>;
  const isFailing = checks.some(({ ok, vital }) => vital && !ok);
  const isRight = isFailing ? ready.status === 503 && status === 'failing' : ready.status === 200 && status === 'ok';
  if (!isRight) complain(world, `/readyz answers ${ready.status} and says ${ready.text}`);
  const after = await readTroubles(world);
  // What began or ended meanwhile may be told of or not.
  for (const trouble of before) {
    const [check, id] = trouble.split(' ');
    const name = check === 'provider' ? `provider ${id}` : check;
    const shown = checks.find((one) => one.name === name);
    if (after.has(trouble) && shown?.ok) complain(world, `/readyz says that ${name} is well, in spite of ${id}`);
  }
}

interface Readiness {
  status: string;
  checks: readonly { name: string; ok: boolean; vital: boolean; detail: string }[];
}

async function scrape(world: World): Promise<void> {
  const page = await ask(world, '/metrics');
  if (page === undefined) return;
  const samples = readSamples(page.text);
  if (page.status !== 200 || samples.length < 50)
    complain(world, `/metrics answers ${page.status} with ${samples.length} numbers`);
  for (const { name, labels, value } of samples) {
    if (name.startsWith('tillkeeper_') && !(value >= 0))
      complain(world, `${name} ${JSON.stringify(labels)} shows ${value}`);
  }
}

/** A process that is up answers, unless it begins or ends just now. */
async function ask(world: World, path: string): ReturnType<typeof callProduct> {
  const { machine, network } = world;
  const process = machine.runtime();
  for (let tries = 1; ; tries += 1) {
    const answer = await callProduct(world, { path });
    world.journal.note('scraper', `${path} ${answer?.status ?? 'no answer'}`);
    if (answer !== undefined || process === undefined || process !== machine.runtime()) return answer;
    if (!machine.isReachable() || network.isSlow()) return undefined;
    if (tries === triesMax) complain(world, `${path} is not answered, and the process goes on`);
    if (tries === triesMax) return undefined;
    await world.wait(minute);
  }
}

function readTroubles(world: World): Promise<Set<string>> {
  const now = String(world.machine.now() / second);
  return withLook(world, ({ rows }) => {
    const found = troubles.flatMap(({ check, query }) =>
      rows<{ id: string }>(query.replaceAll(':now', now)).map(({ id }) => `${check} ${id}`),
    );
    return new Set(found);
  });
}

function complain({ complaints }: World, text: string): void {
  complaints.push({ invariant: 10, text });
}
