import type { FaultControls } from '../providers/contract.ts';

/** Faults that somebody set on the control page stay. */
export function isUntouched(controls: FaultControls): boolean {
  const { outage, failRate, dropWebhooks, duplicateWebhooks, delayWebhooksMs, reorderWebhooks } = controls.get();
  const isCalm = failRate === 0 && dropWebhooks === 0 && duplicateWebhooks === 0 && delayWebhooksMs === 0;
  return isCalm && !outage && !reorderWebhooks;
}
