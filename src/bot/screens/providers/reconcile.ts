import { adminActor } from '#access/admin.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import { causeOf } from '#kernel/transaction-context.ts';
import type { Reconciliation } from '#payments/reconciliation/reconcile-provider.ts';
import { createProgress } from '../../files/progress.ts';
import type { ServedContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView, replyView } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import { type ReconcileStep, reconcileChoice, reconcileProgress } from './reconcile-view.ts';

export async function runReconcile(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const names = env.providers.list().map((provider) => provider.name);
  const word = words.toLowerCase();
  const wanted = isProviderName(word) && names.includes(word) ? [word] : [];
  const providers = word === 'all' ? names : wanted;
  if (providers.length === 0) {
    await replyView(ctx, reconcileChoice(names));
    return;
  }
  const messageId = await replyView(ctx, reconcileProgress(waiting(providers), env.presentation()));
  env.background(compareAll(env, { ctx, messageId, providers }));
}

export const onReconcileButton: OnButton<'reconcile'> = async (env, ctx, callback) => {
  const names = env.providers.list().map((provider) => provider.name);
  const providers = names.filter((name) => callback.provider === 'all' || name === callback.provider);
  if (providers.length === 0) {
    return 'This provider is off.';
  }
  const messageId = await editView(ctx, reconcileProgress(waiting(providers), env.presentation()));
  if (messageId !== undefined) env.background(compareAll(env, { ctx, messageId, providers }));
  return 'Started.';
};

function waiting(providers: readonly ProviderName[]): ReconcileStep[] {
  return providers.map((provider) => ({ kind: 'waiting', provider }));
}

interface Comparison {
  ctx: ServedContext;
  messageId: number;
  providers: readonly ProviderName[];
}

/** One provider after the other, in one message that is edited as they go. */
async function compareAll(env: AdminEnv, { ctx, messageId, providers }: Comparison): Promise<void> {
  const actor = adminActor(ctx.from.id);
  const steps = waiting(providers);
  const progress = createProgress(env, { chatId: ctx.chat.id, messageId });
  for (const [index, provider] of providers.entries()) {
    const result = await env.reconcile({
      provider,
      startedBy: `admin:${actor.id}`,
      cause: causeOf(actor),
      onProgress: (counts) => {
        steps[index] = { kind: 'running', provider, ...counts };
        progress.show(reconcileProgress(steps, env.presentation()));
      },
    });
    steps[index] = endOf(provider, result);
    progress.show(reconcileProgress(steps, env.presentation()));
  }
  await progress.finish(reconcileProgress(steps, env.presentation()));
}

function endOf(provider: ProviderName, result: Reconciliation): ReconcileStep {
  switch (result.kind) {
    case 'finished':
      return { kind: 'finished', provider, run: result.run, findings: result.findings };
    case 'failed':
      return { kind: 'stopped', provider, reason: result.run.error ?? 'It failed.' };
    case 'cannot_list':
      return { kind: 'stopped', provider, reason: result.gaps.join(' ') };
    case 'decommissioned':
      return { kind: 'stopped', provider, reason: 'It is decommissioned and not called any more: see /providers.' };
    case 'already_running':
      return { kind: 'stopped', provider, reason: 'It is being compared already.' };
    case 'unknown_provider':
      return { kind: 'stopped', provider, reason: 'This provider is off.' };
    default:
      return result satisfies never;
  }
}
