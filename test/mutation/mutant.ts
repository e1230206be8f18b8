import type { SourceChange } from './source-change.ts';

/** One change of the source that a test must notice. */
export interface Mutant extends SourceChange {
  /** What is wrong then, as the name of a test. */
  flaw: string;
}

/** The variable of the environment that carries it to the run that it is tried in. */
export const mutantVariable = 'TEST_MUTANT';
