import type { Method } from './method-call.ts';
import {
  deleteMyCommands,
  getChat,
  getChatMember,
  getMe,
  getMyCommands,
  pinChatMessage,
  sendChatAction,
  setChatMenuButton,
  setMyCommands,
  unpinChatMessage,
} from './methods-chats.ts';
import { editMessageMedia, getFile, sendDocument, sendPhoto } from './methods-media.ts';
import {
  answerCallbackQuery,
  deleteMessage,
  editMessageCaption,
  editMessageReplyMarkup,
  editMessageText,
  sendMessage,
} from './methods-messages.ts';
import { close, deleteWebhook, getUpdates, getWebhookInfo, logOut, setWebhook } from './methods-updates.ts';

const methods = {
  answerCallbackQuery,
  close,
  deleteMessage,
  deleteMyCommands,
  deleteWebhook,
  editMessageCaption,
  editMessageMedia,
  editMessageReplyMarkup,
  editMessageText,
  getChat,
  getChatMember,
  getFile,
  getMe,
  getMyCommands,
  getUpdates,
  getWebhookInfo,
  logOut,
  pinChatMessage,
  sendChatAction,
  sendDocument,
  sendMessage,
  sendPhoto,
  setChatMenuButton,
  setMyCommands,
  setWebhook,
  unpinChatMessage,
};

const byLowerName = new Map(Object.entries<Method>(methods).map(([name, run]) => [name.toLowerCase(), { name, run }]));

/** Telegram reads method names without regard to case. */
export function findMethod(name: string): { name: string; run: Method } | undefined {
  return byLowerName.get(name.toLowerCase());
}
