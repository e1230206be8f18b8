import type { SourceChange } from '#test/mutation/source-change.ts';

/** A fault that is put into the product on purpose, one at a time, so that the simulator shows that it finds it. */
export interface Plant extends SourceChange {
  /** kebab-case; what `--plant` takes. */
  name: string;
  /** What the fault is, for the reader of the table. */
  sentence: string;
  /** The numbers of the invariants that it should violate, the likeliest first. */
  breaks: readonly number[];
  /** Shows under a rare coincidence only, or only to an invariant that looks closely. */
  isHard?: true;
  /** Shows over days only: the histories are to be so long. */
  days?: number;
}
