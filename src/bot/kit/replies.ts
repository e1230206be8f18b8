import { type Context, GrammyError, InputFile } from 'grammy';
import { clip } from '#kernel/text.ts';
import { isTelegramError, readGrammyError } from '../telegram/grammy-errors.ts';
import { messageOptions, pictureOptions } from '../telegram/grammy-sender.ts';
import { textView, type View } from '../text/view.ts';
import type { CallbackContext } from './contexts.ts';
import type { OnButton } from './screen.ts';

/** For a button that is stale, forged, or of another version. */
export const outOfDate = 'This button is out of date.';

/** Telegram shows no longer toast. */
const toastUnitsMax = 200;
/** A toast vanishes after a few seconds: longer words are shown in a box that waits to be closed. */
const toastGlanceUnits = 60;

export async function replyView(ctx: Context, view: View): Promise<number> {
  const message = await ctx.reply(view.text, messageOptions(view));
  return message.message_id;
}

/** Plain words, with nothing to tap. */
export async function replyText(ctx: Context, text: string): Promise<void> {
  await replyView(ctx, textView(text));
}

/** A PNG with the view under it. */
export async function replyPicture(ctx: Context, picture: { png: Uint8Array; view: View }): Promise<void> {
  await ctx.replyWithPhoto(new InputFile(picture.png, 'picture.png'), pictureOptions(picture.view));
}

/** A single file, as an answer to the message at hand; of many, `sendFile` is the way. */
export async function replyFile(ctx: Context, file: { name: string; bytes: Uint8Array }): Promise<void> {
  const answered =
    ctx.msg === undefined
      ? {}
      : { reply_parameters: { message_id: ctx.msg.message_id, allow_sending_without_reply: true } };
  await ctx.replyWithDocument(new InputFile(file.bytes, file.name), answered);
}

/** Shows the view in the message that was tapped; in a new one when that one can no longer be edited. Returns its id. */
export async function editView(ctx: CallbackContext, view: View): Promise<number | undefined> {
  try {
    await ctx.editMessageText(view.text, messageOptions(view));
    return ctx.callbackQuery.message?.message_id;
  } catch (error) {
    const outcome = readGrammyError(error);
    if (outcome.kind === 'not_modified') return ctx.callbackQuery.message?.message_id;
    if (outcome.kind === 'gone') return replyView(ctx, view);
    throw error;
  }
}

/** Ends the button's spinner, with a word or without one. */
export async function answerCallback(ctx: CallbackContext, toast = ''): Promise<void> {
  const text = clip(toast, toastUnitsMax);
  try {
    await ctx.answerCallbackQuery({ text, show_alert: text.length > toastGlanceUnits });
  } catch (error) {
    // A provider that took long: the callback can no longer be answered, but the toast must not be lost.
    if (!(error instanceof GrammyError) || error.error_code !== 400) throw error;
    if (toast !== '' && ctx.chat !== undefined) await replyText(ctx, toast);
  }
}

/** What is waited for may take seconds; that the wait cannot be shown is no reason not to go on. */
export async function showTyping(ctx: Context): Promise<void> {
  try {
    await ctx.replyWithChatAction('typing');
  } catch (error) {
    if (!isTelegramError(error)) throw error;
  }
}

/** The message stays as it is, without its buttons. */
export const onDismissButton: OnButton = async (_env, ctx) => {
  try {
    await ctx.editMessageReplyMarkup();
  } catch (error) {
    if (!isTelegramError(error)) throw error;
  }
  return 'Left as it is.';
};
