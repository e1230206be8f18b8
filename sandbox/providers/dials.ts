import { VisitRefused } from './contract.ts';
import type { SimulatedProvider } from './host.ts';

/** Throws `VisitRefused` for a dial that this provider does not have, or a value that makes no sense. */
export function setDial({ name: provider, dials }: SimulatedProvider, change: { name: string; value: string }): void {
  const dial = dials?.find(({ name }) => name === change.name);
  if (dial === undefined) throw new VisitRefused(`${provider}: there is no dial ${change.name}`);
  dial.set(change.value);
}
