// `/exceptions`: a picture of how old they are, and below it the list. A picture cannot become text, so the two are messages of
// their own: the list is edited in place, into cards and back, and the picture is drawn anew when somebody asks for it.

import { InputFile, InputMediaBuilder } from 'grammy';
import { countLiveCases, listCasePage, listOldestDecisions } from '#cases/read-cases.ts';
import { renderChart } from '../../charts/render.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { At } from '../../kit/destinations.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { showView } from '../../kit/navigate.ts';
import { pageSize } from '../../kit/paged-list.ts';
import { editView, replyView } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import { readGrammyError } from '../../telegram/grammy-errors.ts';
import type { CallbackOf } from '../../text/callback-data.ts';
import { toMarkup, type View } from '../../text/view.ts';
import { formatTime } from '../../text/words.ts';
import { agesChart } from './case-ages.ts';
import { exceptionKindChoice, exceptionList } from './exception-list-view.ts';

/** More bars would say nothing more. */
const drawnMax = 2_000;
const beginning = { filter: 'all', position: null } as const;

export async function runExceptions(env: AdminEnv, ctx: TextContext): Promise<void> {
  const picture = await drawAges(env);
  if (picture !== undefined) await sendPicture(env, ctx, picture);
  await replyView(ctx, await drawExceptions(env, beginning));
}

export const onExceptionsButton: OnButton<'exceptions'> = async (env, ctx, callback) => {
  await editView(ctx, await drawExceptions(env, callback));
  return '';
};

export const onExceptionKindsButton: OnButton = async (env, ctx) => {
  const counts = await countLiveCases(env);
  await editView(ctx, exceptionKindChoice(counts));
  return '';
};

export const onExceptionAgesButton: OnButton = async (env, ctx) => {
  const picture = await drawAges(env);
  if (picture === undefined) {
    return 'Nothing waits for a decision.';
  }
  const { caption, reply_markup, file } = picture;
  try {
    await ctx.editMessageMedia(InputMediaBuilder.photo(file, { caption, parse_mode: 'HTML' }), { reply_markup });
  } catch (error) {
    if (readGrammyError(error).kind !== 'not_modified') throw error;
  }
  return 'As of now.';
};

async function drawExceptions(env: AdminEnv, wanted: Omit<CallbackOf<'exceptions'>, 'kind'>): Promise<View> {
  const { filter, position } = wanted;
  const kinds = filter === 'all' ? null : [filter];
  const page = await listCasePage(env, { filter: { show: 'decisions', kinds }, position, size: pageSize });
  return exceptionList({ page, counts: await countLiveCases(env) }, { ...env.presentation(), filter });
}

export async function openExceptions(env: AdminEnv, at: At): Promise<string> {
  await showView(at, await drawExceptions(env, beginning));
  return '';
}

interface Picture {
  file: InputFile;
  caption: string;
  reply_markup: ReturnType<typeof toMarkup>;
}

/** Undefined when there is nothing to draw. */
async function drawAges(env: AdminEnv): Promise<Picture | undefined> {
  const open = await listOldestDecisions(env, drawnMax);
  if (open.length === 0) return undefined;
  const presentation = env.presentation();
  const png = await renderChart(agesChart(open, presentation.now));
  return {
    file: new InputFile(png, 'exceptions.png'),
    caption: `As of ${formatTime(presentation.now, presentation)}`,
    reply_markup: toMarkup([[{ text: 'Redraw', callback: { kind: 'exception_ages' } }]]),
  };
}

/** The list says the same in words: a chat that takes no pictures gets it all the same. */
async function sendPicture(env: AdminEnv, ctx: TextContext, picture: Picture): Promise<void> {
  const { file, caption, reply_markup } = picture;
  try {
    await ctx.replyWithPhoto(file, { caption, parse_mode: 'HTML', reply_markup, disable_notification: true });
  } catch (error) {
    const outcome = readGrammyError(error);
    env.log.warn('picture not sent', { bot: 'admin', reason: 'reason' in outcome ? outcome.reason : outcome.kind });
  }
}
