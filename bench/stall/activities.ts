import type { HistoryCopy } from '../scale/engines/engine.ts';
import type { OpenedShop } from '../scale/shop/opened-shop.ts';
import type { Target } from '../scale/shop/targets.ts';

/** What somebody does, or a job, while webhooks come. */
export interface Activity {
  name: string;
  /** Done to the history before the product opens it. */
  prepare?(copy: HistoryCopy): Promise<void>;
  /** Once; it is done again until the time is over. */
  act(shop: OpenedShop, target: Target): Promise<void>;
  /** It finds nothing to do the second time. */
  isOnce?: true;
}

const job =
  (name: string): Activity['act'] =>
  (shop) =>
    shop.runJob(name);

export const activities: readonly Activity[] = [
  { name: 'nothing else', act: () => new Promise((resolve) => setTimeout(resolve, 100)) },
  { name: '/find PART of an e-mail', act: (shop, { email }) => shop.say(`/find ${email.split('@')[0]}`) },
  { name: '/find TEXT, none', act: (shop) => shop.say('/find nobody has this') },
  { name: '/stats 90d', act: (shop) => shop.say('/stats 90d') },
  {
    name: '/export 30d',
    async act(shop) {
      await shop.say('/export 2026-10-01 2026-10-30');
      await shop.awaitText(/Done|Nothing is in these days/);
    },
  },
  { name: 'GET /metrics', act: (shop) => shop.get('/metrics') },
  { name: 'reconcile', act: job('reconcile') },
  {
    name: 'close-days, five days',
    async prepare({ run }) {
      await run('delete from book_entries where number > (select max(number) - 5 from book_closings)');
      await run('delete from book_closings where number > (select max(number) - 5 from book_closings)');
    },
    act: job('close-days'),
    isOnce: true,
  },
  {
    name: 'prune, five days',
    async prepare({ run }) {
      const older = `${5 * 86_400_000}`;
      await run(`update inbox_events set received_at = received_at - ${older}, processed_at = processed_at - ${older}`);
      await run(`update outbox_messages set processed_at = processed_at - ${older}`);
    },
    act: job('prune'),
    isOnce: true,
  },
  {
    name: 'count-days, all days',
    prepare: ({ run }) => run('delete from daily_sums'),
    act: job('count-days'),
    isOnce: true,
  },
  { name: 'recount-days', act: job('recount-days') },
];
