import { adminActor } from '#access/admin.ts';
import { proposeAction } from '#access/pending-actions.ts';
import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import { isProviderName } from '#kernel/provider-name.ts';
import type { ReplayMode, ReplayRange, ReplayReport } from '#payments/webhooks/replay.ts';
import { replayEvents } from '#payments/webhooks/replay-events.ts';
import { createProgress } from '../../files/progress.ts';
import type { ServedContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView, replyView } from '../../kit/replies.ts';
import type { Confirmed } from '../../kit/screen.ts';
import { parseMoment } from './moments.ts';
import { replayConfirmMinutes, replayUsage, replayView } from './replay-view.ts';

export async function runReplay(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const range = readRange(env, words);
  if (range === undefined) {
    await replyView(ctx, replayUsage(env.providers.list().map(({ name }) => name)));
    return;
  }
  const first = { range, report: undefined, isOver: false, pendingId: null };
  const messageId = await replyView(ctx, replayView(first, env.presentation()));
  env.background(replay(env, { ctx, messageId, range, mode: 'dry_run' }));
}

function readRange(env: AdminEnv, words: string): ReplayRange | undefined {
  const [first = '', fromText = '', toText = '', eventType = null] = words.split(/\s+/);
  if (/^[0-9a-f-]{36}$/i.test(first) && fromText === '') return { kind: 'event', eventId: first.toLowerCase() };
  const provider = first.toLowerCase();
  const from = parseMoment(fromText, env.presentation());
  const to = parseMoment(toText, env.presentation());
  if (!isProviderName(provider) || from === undefined || to === undefined || from >= to) return undefined;
  // The minute that was named belongs to it.
  return { kind: 'range', provider, from, to: to + 1, eventType };
}

/** The second step: the real run of the range that the dry run was about. */
export const confirmReplay: Confirmed = async (env, ctx, { payload }) => {
  const range = rangeOf(payload);
  if (range === undefined) return 'It is not known any more what was to be replayed.';
  const first = { range, report: undefined, isOver: false, pendingId: null };
  const messageId = await editView(ctx, replayView(first, env.presentation()));
  if (messageId !== undefined) env.background(replay(env, { ctx, messageId, range, mode: 'real' }));
  return 'Started.';
};

/** Runs in the background, in one message that is edited as it goes. */
async function replay(
  env: AdminEnv,
  input: { ctx: ServedContext; messageId: number; range: ReplayRange; mode: ReplayMode },
): Promise<void> {
  const { ctx, messageId, range, mode } = input;
  const progress = createProgress(env, { chatId: ctx.chat.id, messageId });
  const show = (report: ReplayReport) =>
    progress.show(replayView({ range, report, isOver: false, pendingId: null }, env.presentation()));
  const actor = adminActor(ctx.from.id);
  const report = await replayEvents(env, { range, mode, actor, onProgress: show, signal: env.stopping });
  const mayFollow = mode === 'dry_run' && report.stoppedBy === null && hasNews(report);
  const pendingId = mayFollow ? await propose(env, { adminId: ctx.from.id, range }) : null;
  await progress.finish(replayView({ range, report, isOver: true, pendingId }, env.presentation()));
}

/** What is not known here may have become known since; a real run finds out. */
function hasNews({ movedCount, bookedCount, unknown }: ReplayReport): boolean {
  return movedCount + bookedCount + unknown > 0;
}

async function propose(env: AdminEnv, input: { adminId: number; range: ReplayRange }): Promise<string> {
  const pending = await proposeAction(env, {
    adminId: input.adminId,
    action: 'events.replay',
    payload: { ...input.range },
    forMs: replayConfirmMinutes * minute,
  });
  return pending.id;
}

function rangeOf(payload: JsonObject): ReplayRange | undefined {
  const { kind, eventId, provider, from, to, eventType = null } = payload;
  if (kind === 'event' && typeof eventId === 'string') return { kind, eventId };
  if (kind !== 'range' || typeof provider !== 'string' || !isProviderName(provider)) return undefined;
  if (!isMoment(from) || !isMoment(to)) return undefined;
  return { kind, provider, from, to, eventType: typeof eventType === 'string' ? eventType : null };
}

function isMoment(value: unknown): value is Milliseconds {
  return typeof value === 'number';
}
