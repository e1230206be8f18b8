import type { ProviderName } from '#kernel/provider-name.ts';
import { isUntouched } from './faults.ts';
import type { Scene } from './scene.ts';

const away = { from: 20, to: 30 };

/**
 * A provider is unavailable for half a minute: an order that insists on it gets no checkout, one that does not is served by
 * another, and a payment in progress is reported when the provider answers again.
 */
export async function tellOutage(scene: Scene, provider: ProviderName): Promise<void> {
  const controls = scene.world.providers.faults(provider);
  if (!isUntouched(controls)) return;
  const underway = await scene.order(provider);
  controls.set({ outage: true });
  try {
    await Promise.all([scene.order(provider), scene.order('auto'), scene.pause(away)]);
  } finally {
    controls.set({ outage: false });
  }
  if (underway !== undefined) await scene.visit(underway, 'pay');
}
