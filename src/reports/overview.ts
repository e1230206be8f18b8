import type { CaseStatus } from '#cases/case.ts';
import type { Database } from '#kernel/database.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';

/** What needs an admin now. */
export interface Overview {
  /** Alerts that nobody has acknowledged. */
  openAlerts: number;
  /** Alerts that are acknowledged or snoozed. */
  takenAlerts: number;
  ordersInNeed: { count: number; hasMore: boolean };
}

/** Beyond this number the overview only says that there are more. */
const ordersCountedMax = 50;

export function readOverview(deps: { database: Pick<Database<PaymentStores>, 'read'> }): Promise<Overview> {
  return deps.database.read(async (stores) => {
    const alerts = (await stores.cases.countLiveCases()).filter(({ rings }) => rings);
    const countOf = (...statuses: CaseStatus[]): number =>
      alerts.filter(({ status }) => statuses.includes(status)).reduce((sum, { count }) => sum + count, 0);
    const query = { statuses: ['needs_attention'] as const, before: null, limit: ordersCountedMax + 1 };
    const { length } = await stores.orders.listOrders(query);
    return {
      openAlerts: countOf('open'),
      takenAlerts: countOf('acknowledged', 'snoozed'),
      ordersInNeed: { count: Math.min(length, ordersCountedMax), hasMore: length > ordersCountedMax },
    };
  });
}
