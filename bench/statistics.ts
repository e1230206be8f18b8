/** Middle value and extremes of the rounds: a mean would let one round that somebody disturbed speak for all. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  return { median: atShare(sorted, 0.5), min: atShare(sorted, 0), max: atShare(sorted, 1) };
}

/** The value below which `share` (0 to 1) of the sorted values lie. */
export function atShare(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function rounded(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
