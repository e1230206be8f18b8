import type { Telegram } from 'telegraf';
import type { Clock } from '#kernel/clock.ts';
import { callTimeoutMs } from '../telegram/connection.ts';
import type { ChatSender, SendOutcome } from '../telegram/telegram.ts';
import { toMarkup, type View } from '../text/view.ts';
import { readTelegrafError } from './errors.ts';

type TelegrafSignal = NonNullable<Parameters<Telegram['callApi']>[2]>['signal'];

/** Telegraf's type of a signal comes from a shim of older runtimes; node-fetch takes the platform's own. */
export function asTelegrafSignal(signal: AbortSignal): TelegrafSignal {
  return signal as unknown as TelegrafSignal;
}

function messageFields(view: View): {
  text: string;
  parse_mode: 'HTML';
  reply_markup: ReturnType<typeof toMarkup>;
  link_preview_options: { is_disabled: true };
} {
  return {
    text: view.text,
    parse_mode: 'HTML',
    reply_markup: toMarkup(view.keyboard),
    link_preview_options: { is_disabled: true },
  };
}

/** Cards by way of Telegraf. It has no time-out of its own below eight minutes, so each call is given one. */
export function createTelegrafSender({ clock }: { clock: Clock }, telegram: Telegram): ChatSender {
  const bound = (signal: AbortSignal) => AbortSignal.any([signal, clock.deadline(callTimeoutMs)]);
  return {
    send: ({ chatId, view, isSilent, replyTo }, signal) =>
      outcomeOf(bound(signal), async (bounded) => {
        const message = await telegram.callApi(
          'sendMessage',
          {
            chat_id: chatId,
            ...messageFields(view),
            disable_notification: isSilent,
            ...(replyTo !== null && { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
          },
          { signal: bounded },
        );
        return message.message_id;
      }),
    edit: ({ chatId, messageId, view }, signal) =>
      outcomeOf(bound(signal), async (bounded) => {
        const where = { chat_id: chatId, message_id: messageId, inline_message_id: undefined };
        await telegram.callApi('editMessageText', { ...where, ...messageFields(view) }, { signal: bounded });
        return messageId;
      }),
    sendPhoto: ({ chatId, photo, view, isSilent }, signal) =>
      outcomeOf(bound(signal), async (bounded) => {
        const message = await telegram.callApi(
          'sendPhoto',
          {
            chat_id: chatId,
            // Without a name Telegraf sends a file that Telegram cannot tell the kind of.
            photo: { source: Buffer.from(photo), filename: 'picture.png' },
            caption: view.text,
            parse_mode: 'HTML',
            reply_markup: toMarkup(view.keyboard),
            disable_notification: isSilent,
          },
          { signal: bounded },
        );
        return message.message_id;
      }),
  };
}

async function outcomeOf(
  bounded: AbortSignal,
  call: (bounded: TelegrafSignal) => Promise<number>,
): Promise<SendOutcome> {
  try {
    return { kind: 'sent', messageId: await call(asTelegrafSignal(bounded)) };
  } catch (error) {
    return readTelegrafError(error);
  }
}
