// Pure: pairs the records of two lists by their keys, and classifies the pairs. A daily close, a comparison with a
// provider and one with an export all pair here; each of them decides by itself what follows from a difference.

export type Pair<Ours, Theirs> =
  | { kind: 'matched' | 'currency' | 'amount' | 'status'; ours: Ours; theirs: Theirs }
  | { kind: 'missing_here'; ours: null; theirs: Theirs }
  | { kind: 'missing_there'; ours: Ours; theirs: null };

export interface PairingKeys<Ours, Theirs> {
  /** The key of our record in their list. */
  keysOfOurs(ours: Ours): readonly (string | null)[];
  /** The possible keys of their record in our list, the surest first. */
  keysOfTheirs(theirs: Theirs): readonly (string | null)[];
}

export interface PairingRules<Ours, Theirs> extends PairingKeys<Ours, Theirs> {
  isSameCurrency(ours: Ours, theirs: Theirs): boolean;
  isSameAmount(ours: Ours, theirs: Theirs): boolean;
  isSameStatus(ours: Ours, theirs: Theirs): boolean;
}

interface Lists<Ours, Theirs> {
  ours: readonly Ours[];
  theirs: readonly Theirs[];
}

/** One pair for each of their records, in their order, and one for each of ours that they lack. */
export function pairRecords<Ours, Theirs>(
  lists: Lists<Ours, Theirs>,
  rules: PairingRules<Ours, Theirs>,
): Pair<Ours, Theirs>[] {
  return [...pairsOf(lists, { rules, found: pairByKeys(lists, rules) })];
}

/** The same for records that were found to be one before, each pair when it is asked for. */
export function* pairsOf<Ours, Theirs>(
  lists: Lists<Ours, Theirs>,
  { rules, found }: { rules: PairingRules<Ours, Theirs>; found: ReadonlyMap<Theirs, Ours> },
): Generator<Pair<Ours, Theirs>> {
  for (const theirs of lists.theirs) {
    const ours = found.get(theirs);
    if (ours === undefined) yield { kind: 'missing_here', ours: null, theirs };
    else yield { kind: classify(ours, { theirs, rules }), ours, theirs };
  }
  const paired = new Set(found.values());
  for (const ours of lists.ours) if (!paired.has(ours)) yield { kind: 'missing_there', ours, theirs: null };
}

export function pairByKeys<Ours, Theirs>(
  lists: Lists<Ours, Theirs>,
  rules: PairingKeys<Ours, Theirs>,
): Map<Theirs, Ours> {
  const byKey = new Map<string | null, Ours>();
  for (const ours of lists.ours) for (const key of rules.keysOfOurs(ours)) byKey.set(key, ours);
  // Two records that both lack a reference do not match by that.
  byKey.delete(null);
  const found = new Map<Theirs, Ours>();
  for (const theirs of lists.theirs) {
    const key = rules.keysOfTheirs(theirs).find((each) => byKey.has(each));
    const ours = key === undefined ? undefined : byKey.get(key);
    if (ours !== undefined) found.set(theirs, ours);
  }
  return found;
}

function classify<Ours, Theirs>(
  ours: Ours,
  { theirs, rules }: { theirs: Theirs; rules: PairingRules<Ours, Theirs> },
): 'matched' | 'currency' | 'amount' | 'status' {
  if (!rules.isSameCurrency(ours, theirs)) return 'currency';
  if (!rules.isSameAmount(ours, theirs)) return 'amount';
  return rules.isSameStatus(ours, theirs) ? 'matched' : 'status';
}
