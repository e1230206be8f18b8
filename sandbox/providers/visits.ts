import type { ProviderName } from '#kernel/provider-name.ts';
import { type VisitAction, VisitRefused } from './contract.ts';

/** What may happen to a checkout in its present state, in the order in which the page offers it. */
export type Visits = Partial<Record<VisitAction, () => void>>;

/** Walking away is always possible and changes nothing. */
export function walkAway(): void {
  // The provider is not notified of it.
}

export function offered(visits: Visits): VisitAction[] {
  return Object.keys(visits) as VisitAction[];
}

export function perform(visits: Visits, about: { provider: ProviderName; action: VisitAction; status: string }): void {
  const visit = visits[about.action];
  if (visit === undefined) {
    throw new VisitRefused(`${about.provider}: ${about.action} is not possible while ${about.status}`);
  }
  visit();
}
