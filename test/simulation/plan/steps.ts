// All that may happen in a history.
import { buyer } from '../steps/buyer.ts';
import { kill } from '../steps/kill.ts';
import { restore } from '../steps/restore.ts';
import type { StepKind } from './step-kind.ts';

export const steps = {
  buyer,
  kill,
  restore,
} as const satisfies Readonly<Record<string, StepKind>>;

export type StepName = keyof typeof steps;
