import { day, hour, type Milliseconds, minute, second } from '#kernel/clock.ts';

export function formatDuration(ms: Milliseconds): string {
  if (ms >= 2 * day) return `${(ms / day).toFixed(1)} days`;
  if (ms >= 2 * hour) return `${(ms / hour).toFixed(1)} hours`;
  if (ms >= 2 * minute) return `${(ms / minute).toFixed(1)} minutes`;
  return `${(ms / second).toFixed(2)} s`;
}
