// All that must hold in every history.

import { emptyQueues } from './empty-queues.ts';
import type { Invariant } from './invariant.ts';

export const invariants: readonly Invariant[] = [emptyQueues];
