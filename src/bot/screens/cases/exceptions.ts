// `/exceptions`: a picture of how old they are, and below it the list. A picture cannot become text, so the two are messages of
// their own: the list is edited in place, into cards and back, and the picture is drawn anew when somebody asks for it.
import { InputFile, InputMediaBuilder } from 'grammy';
import { type Case, decisionKinds, liveStatuses } from '#cases/case.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import { renderChart } from '../../charts/render.ts';
import type { AdminEnv, BotCommand, CallbackContext, TextContext } from '../../kit/env.ts';
import { answerCallback, editView, replyView } from '../../kit/replies.ts';
import { readGrammyError } from '../../telegram/grammy-errors.ts';
import type { CallbackOf, ExceptionFilter } from '../../text/callback-data.ts';
import { toMarkup, type View } from '../../text/view.ts';
import { formatTime } from '../../text/words.ts';
import { pageSize } from '../orders/order-list-view.ts';
import { agesChart } from './case-ages.ts';
import { exceptionKindChoice, exceptionList, type ListedException } from './exception-list-view.ts';

/** More bars would say nothing more. */
const drawnMax = 2_000;

/** Cases that wait for a decision, by age. */
const waiting = { statuses: liveStatuses, order: 'oldest_first', after: null } as const;

export const exceptionCommands: readonly BotCommand[] = [
  { command: 'exceptions', usage: '', description: 'what has to be decided, by age', run: runExceptions },
];

async function runExceptions(env: AdminEnv, ctx: TextContext): Promise<void> {
  const picture = await drawAges(env);
  if (picture !== undefined) await sendPicture(env, ctx, picture);
  await replyView(ctx, await drawExceptions(env, { filter: 'all', page: 0 }));
}

export async function tapExceptions(
  env: AdminEnv,
  ctx: CallbackContext,
  callback: CallbackOf<'exceptions'>,
): Promise<void> {
  await editView(ctx, await drawExceptions(env, callback));
  await answerCallback(ctx);
}

export async function tapExceptionKinds(env: AdminEnv, ctx: CallbackContext): Promise<void> {
  const counts = await env.database.read((stores) => stores.cases.countLiveCases());
  await editView(ctx, exceptionKindChoice(counts));
  await answerCallback(ctx);
}

export async function tapExceptionAges(env: AdminEnv, ctx: CallbackContext): Promise<void> {
  const picture = await drawAges(env);
  if (picture === undefined) {
    await answerCallback(ctx, 'Nothing waits for a decision.');
    return;
  }
  const { caption, reply_markup, file } = picture;
  try {
    await ctx.editMessageMedia(InputMediaBuilder.photo(file, { caption, parse_mode: 'HTML' }), { reply_markup });
  } catch (error) {
    if (readGrammyError(error).kind !== 'not_modified') throw error;
  }
  await answerCallback(ctx, 'As of now.');
}

export async function drawExceptions(
  env: AdminEnv,
  { filter, page }: { filter: ExceptionFilter; page: number },
): Promise<View> {
  const limit = (page + 1) * pageSize + 1;
  const kinds = filter === 'all' ? decisionKinds : [filter];
  const { rows, counts, hasMore } = await env.database.read(async (stores) => {
    const found = await stores.cases.listCases({ ...waiting, kinds, limit });
    const shown = found.slice(page * pageSize, (page + 1) * pageSize);
    return {
      rows: await withNumbers(stores, shown),
      counts: await stores.cases.countLiveCases(),
      hasMore: found.length === limit,
    };
  });
  return exceptionList({ rows, counts, filter, page, hasMore }, env.presentation());
}

async function withNumbers(stores: PaymentStores, cases: readonly Case[]): Promise<ListedException[]> {
  const rows: ListedException[] = [];
  for (const one of cases) {
    const order = one.orderId === null ? undefined : await stores.orders.findOrder(one.orderId);
    rows.push({ case: one, orderNumber: order === undefined ? null : formatOrderNumber(order.number) });
  }
  return rows;
}

interface Picture {
  file: InputFile;
  caption: string;
  reply_markup: ReturnType<typeof toMarkup>;
}

/** Undefined when there is nothing to draw. */
async function drawAges(env: AdminEnv): Promise<Picture | undefined> {
  const query = { ...waiting, kinds: decisionKinds, limit: drawnMax };
  const open = await env.database.read((stores) => stores.cases.listCases(query));
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
