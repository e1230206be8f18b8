/** The words of the local Telegram, without behaviour. Wire shapes keep the Bot API's snake_case; our own are camelCase. */

export interface SandboxBot {
  readonly id: number;
  readonly token: string;
  readonly username: string;
  readonly name: string;
  /** The line under the name on the chat page. */
  readonly about?: string;
  /** Its messages make a sound on the chat page, as a pager's should. */
  readonly rings?: boolean;
}

export interface SandboxUser {
  readonly id: number;
  readonly firstName: string;
  readonly username?: string;
  /** BCP 47 language of the user's app; decides which command list they see. Default `en`. */
  readonly languageCode?: string;
}

export interface SandboxGroup {
  /** Negative, as Telegram's are; supergroups begin with -100. */
  readonly id: number;
  readonly title: string;
  readonly users: readonly number[];
  /** User names of the bots in it. */
  readonly bots: readonly string[];
}

export interface WireUser {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username?: string;
  readonly language_code?: string;
}

export interface MessageEntity {
  readonly type: string;
  /** Both in UTF-16 code units. */
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
  readonly custom_emoji_id?: string;
  readonly user?: WireUser;
}

export interface FormattedText {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}

export interface InlineButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
  readonly copy_text?: { readonly text: string };
  readonly web_app?: { readonly url: string };
  readonly style?: string;
}

export type ReplyMarkup =
  | { readonly kind: 'inline'; readonly rows: readonly (readonly InlineButton[])[] }
  | { readonly kind: 'keyboard'; readonly rows: readonly (readonly string[])[]; readonly placeholder?: string }
  | { readonly kind: 'remove' }
  | { readonly kind: 'force_reply'; readonly placeholder?: string };

export interface StoredFile {
  readonly fileId: string;
  readonly uniqueId: string;
  readonly path: string;
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

export type Media =
  | { readonly kind: 'photo'; readonly file: StoredFile; readonly width: number; readonly height: number }
  | { readonly kind: 'document'; readonly file: StoredFile };

/** Telegram's chat as one bot sees it: private chats belong to one bot, groups are shared. */
export interface Chat {
  readonly key: string;
  readonly id: number;
  readonly kind: 'private' | 'group' | 'supergroup';
  readonly title: string;
  readonly userIds: readonly number[];
  readonly botIds: readonly number[];
  /** Those of them who were removed from the group, and not added again. */
  readonly removedBotIds: Set<number>;
  readonly messages: Map<number, StoredMessage>;
  nextMessageId: number;
  started: boolean;
  blocked: boolean;
  /** The supergroup that this group became. */
  movedTo?: number;
  pinnedMessageId?: number;
  replyKeyboard?: ReplyMarkup;
}

export interface StoredMessage {
  readonly id: number;
  readonly from: WireUser;
  /** Unix seconds, as the Bot API counts. */
  readonly date: number;
  readonly silent: boolean;
  readonly replyToId?: number;
  media?: Media;
  text: string;
  entities: readonly MessageEntity[];
  keyboard?: readonly (readonly InlineButton[])[];
  editDate?: number;
  /** How often the message changed since it was sent. */
  edits: number;
}

/** A message as a user sees it, for tests and for the page. */
export interface SandboxMessage {
  readonly bot: string;
  readonly chatId: number;
  readonly messageId: number;
  readonly from: { readonly id: number; readonly name: string; readonly isBot: boolean; readonly username?: string };
  /** Unix seconds. */
  readonly date: number;
  /** The text, or the caption under a photo or document; empty when there is none. */
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  /** The same as safe HTML. */
  readonly html: string;
  readonly keyboard: readonly (readonly InlineButton[])[];
  readonly edits: number;
  readonly editDate?: number;
  readonly silent: boolean;
  readonly pinned: boolean;
  readonly replyToId?: number;
  readonly photo?: { readonly fileId: string; readonly width: number; readonly height: number; readonly bytes: number };
  readonly document?: {
    readonly fileId: string;
    readonly name: string;
    readonly mimeType: string;
    readonly bytes: number;
  };
}

export interface BotCommand {
  readonly command: string;
  readonly description: string;
}

/** One Bot API call, accepted or refused. */
export interface ApiCall {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly bot: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly ok: boolean;
  readonly result?: unknown;
  readonly errorCode?: number;
  readonly error?: string;
}

/** What changes on the users' screens. */
export type SandboxEvent =
  | { readonly type: 'message' | 'edited'; readonly chat: Chat; readonly message: StoredMessage }
  | { readonly type: 'deleted'; readonly chat: Chat; readonly messageId: number }
  | { readonly type: 'chat'; readonly chat: Chat }
  | { readonly type: 'typing'; readonly chat: Chat; readonly bot: SandboxBot; readonly action: string }
  | { readonly type: 'commands'; readonly bot: SandboxBot };
