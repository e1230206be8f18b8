import type { Admin } from './admin.ts';

/** What an admin may be allowed to do. Every command, button and confirmation of a surface names one of them. */
export const permissions = [
  'orders.read',
  'orders.create',
  'orders.check',
  'orders.cancel',
  'orders.fulfil',
  'orders.override',
  'refunds.request',
  'cases.read',
  'cases.handle',
  'cases.resolve',
  'channel_orders.review',
  'channel_orders.compare',
  'catalog.read',
  'catalog.change',
  'coupons.read',
  'coupons.create',
  'accounting.read',
  'accounting.export',
  'reports.read',
  'providers.read',
  'providers.probe',
  'providers.export',
  'reconciliation.run',
  'dead_letters.read',
  'dead_letters.settle',
  'webhooks.replay',
  'health.read',
  'settings.read',
  'settings.change',
  'bot.use',
] as const;

export type Permission = (typeof permissions)[number];

/** Every admin is allowed everything: the roles do not differ yet. */
export function isAllowed(_admin: Admin, permission: Permission): boolean {
  return permissions.includes(permission);
}
