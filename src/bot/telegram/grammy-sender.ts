import { type Api, InputFile } from 'grammy';
import { toMarkup, type View } from '../text/view.ts';
import { readGrammyError } from './grammy-errors.ts';
import type { ChatSender, SendOutcome } from './telegram.ts';

type GrammySignal = NonNullable<Parameters<Api['getMe']>[0]>;

/** grammY's type of a signal comes from a shim of older runtimes; it only listens for `abort` and reads `aborted`. */
export function asGrammySignal(signal: AbortSignal): GrammySignal {
  return signal as unknown as GrammySignal;
}

/** How every picture of ours is sent. */
export function pictureOptions(view: View): {
  caption: string;
  parse_mode: 'HTML';
  reply_markup: ReturnType<typeof toMarkup>;
} {
  return { caption: view.text, parse_mode: 'HTML', reply_markup: toMarkup(view.keyboard) };
}

/** How every message of ours is sent. */
export function messageOptions(view: View): {
  parse_mode: 'HTML';
  reply_markup: ReturnType<typeof toMarkup>;
  link_preview_options: { is_disabled: true };
} {
  return { parse_mode: 'HTML', reply_markup: toMarkup(view.keyboard), link_preview_options: { is_disabled: true } };
}

/** Cards by way of grammY. The API must retry nothing by itself: the outbox decides when to come again. */
export function createGrammySender(api: Api): ChatSender {
  return {
    send: ({ chatId, view, isSilent, replyTo }, signal) =>
      outcomeOf(async () => {
        const other = {
          ...messageOptions(view),
          disable_notification: isSilent,
          ...(replyTo !== null && { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
        };
        const message = await api.sendMessage(chatId, view.text, other, asGrammySignal(signal));
        return message.message_id;
      }),
    edit: ({ chatId, messageId, view }, signal) =>
      outcomeOf(async () => {
        await api.editMessageText(chatId, messageId, view.text, messageOptions(view), asGrammySignal(signal));
        return messageId;
      }),
    sendPhoto: ({ chatId, photo, view, isSilent }, signal) =>
      outcomeOf(async () => {
        const other = { ...pictureOptions(view), disable_notification: isSilent };
        const file = new InputFile(photo, 'picture.png');
        const message = await api.sendPhoto(chatId, file, other, asGrammySignal(signal));
        return message.message_id;
      }),
  };
}

async function outcomeOf(call: () => Promise<number>): Promise<SendOutcome> {
  try {
    return { kind: 'sent', messageId: await call() };
  } catch (error) {
    return readGrammyError(error);
  }
}
