import type { Api } from 'grammy';
import type { UserFromGetMe } from 'grammy/types';
import type { SendOutcome } from '../telegram.ts';

/** A bot that has introduced itself. */
export interface KnownBot {
  role: 'admin' | 'pager';
  api: Api;
  me: UserFromGetMe;
}

export function reasonOf(outcome: SendOutcome): string {
  return 'reason' in outcome ? outcome.reason : outcome.kind.replaceAll('_', ' ');
}
