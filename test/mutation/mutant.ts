/** One change of the source that a test must notice. */
export interface Mutant {
  /** What is wrong then, as the name of a test. */
  flaw: string;
  /** From the project's folder. */
  file: string;
  /** Stands in the file once. */
  from: string;
  to: string;
}

/** The variable of the environment that carries it to the run that it is tried in. */
export const mutantVariable = 'TEST_MUTANT';
