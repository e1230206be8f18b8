import type { Api } from 'grammy';
import type { UserFromGetMe } from 'grammy/types';
import { type Clock, type Milliseconds, second } from '#kernel/clock.ts';
import { asGrammySignal } from '../telegram/grammy-sender.ts';
import type { SendOutcome } from '../telegram/telegram.ts';

/** A bot that has introduced itself. */
export interface KnownBot {
  role: 'admin' | 'pager';
  api: Api;
  me: UserFromGetMe;
  clock: Clock;
}

export function reasonOf(outcome: SendOutcome): string {
  return 'reason' in outcome ? outcome.reason : outcome.kind.replaceAll('_', ' ');
}

/** Several calls follow each other within the time of all checks. */
const callMaxMs: Milliseconds = 4 * second;

export function bounded({ clock }: { clock: Clock }, signal: AbortSignal): ReturnType<typeof asGrammySignal> {
  return asGrammySignal(AbortSignal.any([signal, clock.deadline(callMaxMs)]));
}
