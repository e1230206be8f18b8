import { setTimeout as delay } from 'node:timers/promises';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { collectors } from '../providers/registry.ts';
import { botNames, type DemoWorld, owner } from './demo-world.ts';
import { awaitOrder, createScene, type OrderInHand } from './scene.ts';
import { fillCatalogue, type SaleStory, tellSales } from './shop-week.ts';
import { placesOf, type Story, type StoryName, stories } from './stories.ts';

// The week before: every order is placed by the shop, paid at a checkout and reported by webhooks, and the clocks are moved
// forward between one and the next. No row is written directly.

const hourMs = 3_600_000;

interface Past {
  readonly hoursAgo: number;
  readonly story: StoryName;
  /** What Ada did about it. */
  readonly ada?: 'deliver' | 'cancel' | 'refund' | 'acknowledge';
}

/** A channel order, made in a provider's own shop. */
interface PastSale {
  readonly hoursAgo: number;
  readonly sale: SaleStory;
}

const week: readonly (Past | PastSale)[] = [
  { hoursAgo: 150, story: 'paid', ada: 'deliver' },
  { hoursAgo: 139, story: 'paid' },
  { hoursAgo: 127, story: 'expired' },
  { hoursAgo: 121, story: 'toldThreeTimes' },
  { hoursAgo: 110, sale: 'fits' },
  { hoursAgo: 103, story: 'underpaid', ada: 'acknowledge' },
  { hoursAgo: 98, story: 'paid', ada: 'deliver' },
  { hoursAgo: 79, story: 'confirmedLater' },
  { hoursAgo: 74, story: 'failed' },
  { hoursAgo: 55, story: 'overpaid' },
  { hoursAgo: 52, sale: 'partlyRefunded' },
  { hoursAgo: 50, story: 'paid', ada: 'refund' },
  { hoursAgo: 31, story: 'paidLate' },
  { hoursAgo: 27, story: 'paid' },
  { hoursAgo: 12, sale: 'held' },
  { hoursAgo: 9, story: 'reversed', ada: 'acknowledge' },
  { hoursAgo: 6, story: 'paid' },
  { hoursAgo: 4, story: 'paid', ada: 'refund' },
  { hoursAgo: 0.3, story: 'abandoned', ada: 'cancel' },
  { hoursAgo: 0.1, story: 'abandoned' },
];

/** From then on the day before may be closed. */
const closingHour = 5;

/** How far back the clocks must begin. */
export const historyMs = 151 * hourMs;

/** The product's daily and hourly work of that week, which its scheduler had no time for. */
const jobsOfTheWeek = ['expire-orders', 'retire-cases', 'reconcile', 'prune'] as const;
/** What is done day by day: a day is closed while it is yesterday. */
const jobsOfADay = ['fetch-fees', 'close-days'] as const;

/** A story of the past is over when the product has its final status; a webhook takes milliseconds, a lost one a few seconds. */
const endsWithinMs = 12_000;

export async function playHistory(world: DemoWorld): Promise<void> {
  const { clock } = world;
  const present = Date.now();
  const pass = async (ms: number): Promise<void> => {
    await world.providers.settle();
    clock.advance(ms);
  };
  const scene = createScene(world, pass);
  const isNewMorning = createMornings();
  await payElsewhere(world);
  await fillCatalogue(world);
  const nextPlace = createTurns();
  for (const past of week) {
    clock.advance(present - past.hoursAgo * hourMs - clock.now());
    if (isNewMorning(clock.now())) await closeYesterday(world);
    if ('sale' in past) {
      await tellSales(world, past.sale);
      await awaitQuiet(world);
      continue;
    }
    const story: Story = stories[past.story];
    const at = nextPlace(past);
    if (at === undefined) continue;
    const order = await scene.order(at);
    if (order === undefined) throw new Error(`no checkout could be made at ${at}`);
    await story.tell(scene, order);
    await world.providers.settle();
    const is = ({ payment }: { payment: { status: string } | null }) => payment?.status === story.ends;
    await awaitOrder(world, { id: order.id, is, timeoutMs: endsWithinMs });
    await awaitQuiet(world);
    if (past.ada === 'acknowledge') await acknowledge(world, order);
    else if (past.ada !== undefined) await act(world, { order, what: past.ada });
    if (past.ada !== undefined) await awaitQuiet(world);
  }
  clock.catchUp();
  for (const job of [...jobsOfADay, ...jobsOfTheWeek]) await world.runJob(job);
  await awaitReady(world);
}

/** The providers take turns; refunds have turns of their own, among those that give money back. */
function createTurns(): (past: Past) => ProviderName | undefined {
  let turn = -1;
  let refundTurn = 0;
  return ({ story, ada }) => {
    turn += 1;
    if (ada !== 'refund') return atTurn(placesOf(stories[story]), turn);
    refundTurn += 1;
    return atTurn(collectors(...stories[story].needs, 'complete_refund'), refundTurn);
  };
}

function atTurn(places: readonly ProviderName[], turn: number): ProviderName | undefined {
  return places[turn % places.length];
}

async function closeYesterday(world: DemoWorld): Promise<void> {
  for (const job of jobsOfADay) await world.runJob(job);
  await awaitQuiet(world);
}

/** True once a day, some hours after midnight, when the day before may be closed. */
function createMornings(): (now: number) => boolean {
  let last = Number.NaN;
  return (now) => {
    const morning = Math.floor((now - closingHour * hourMs) / (24 * hourMs));
    const isNew = morning !== last;
    last = morning;
    return isNew;
  };
}

/** For a moment after the last jump of the clock the product reports its own queues as silent. */
async function awaitReady(world: DemoWorld): Promise<void> {
  const deadline = performance.now() + endsWithinMs;
  for (;;) {
    const { ok } = await fetch(`${world.urls.till}/readyz`);
    if (ok) return;
    if (performance.now() > deadline) throw new Error('the product does not become ready');
    await delay(25);
  }
}

/** An invoice is made in a provider's dashboard and paid, and no webhook comes: only reconciliation finds it. */
async function payElsewhere({ providers }: DemoWorld): Promise<void> {
  const [provider] = providerNames;
  const controls = providers.faults(provider);
  controls.set({ dropWebhooks: 1 });
  const { reference } = providers.createForeign(provider, { amount: '77.00', description: 'Workshop, two hours' });
  await providers.visit({ provider, reference, action: 'pay' });
  controls.set({ dropWebhooks: 0 });
}

/** No webhook may be in delivery when the clocks are moved forward: it would arrive days late. */
async function awaitQuiet(world: DemoWorld): Promise<void> {
  const deadline = performance.now() + endsWithinMs;
  for (;;) {
    const answer = await fetch(`${world.urls.till}/readyz`);
    const { checks } = (await answer.json()) as { checks: { name: string; detail?: string }[] };
    const queues = checks.filter(({ name }) => name === 'inbox' || name === 'outbox');
    if (queues.every(({ detail }) => detail?.startsWith('0 waiting'))) return;
    if (performance.now() > deadline) throw new Error('the queues of the product do not become empty');
    await delay(15);
  }
}

const taps = {
  deliver: ['Mark delivered', 'Yes, delivered'],
  cancel: ['Cancel order', 'Yes, cancel it'],
  refund: ['Refund', 'The customer asked for it'],
} as const;

/** Ada opens the order in the chat and taps, twice, because every action that matters is asked about. */
async function act(world: DemoWorld, { order, what }: { order: OrderInHand; what: keyof typeof taps }): Promise<void> {
  const { telegram } = world;
  const bot = botNames.admin;
  const asked = await telegram.sendText({ userId: owner.id, bot, text: `/order ${order.number}` });
  for (const text of taps[what]) await tap(world, { bot, text, about: order.number, after: asked.messageId });
}

async function acknowledge(world: DemoWorld, order: OrderInHand): Promise<void> {
  await tap(world, { bot: botNames.pager, text: 'Acknowledge', about: order.number, after: 0 });
}

async function tap(
  { telegram }: DemoWorld,
  wanted: { bot: string; text: string; about: string; after: number },
): Promise<void> {
  const buttonIn = (keyboard: readonly (readonly { text: string; callback_data?: string }[])[]) =>
    keyboard.flat().find((button) => button.text === wanted.text)?.callback_data;
  const card = await telegram.awaitMessage(
    (message) =>
      message.bot === wanted.bot &&
      message.messageId > wanted.after &&
      message.text.includes(wanted.about) &&
      buttonIn(message.keyboard) !== undefined,
  );
  const data = buttonIn(card.keyboard) ?? '';
  await telegram.tapButton({ userId: owner.id, bot: wanted.bot, messageId: card.messageId, data });
}
