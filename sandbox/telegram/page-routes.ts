import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { CallbackAnswer } from './callbacks.ts';
import type { Chat, SandboxBot, SandboxEvent, SandboxUser } from './model.ts';
import type { People, TapButton } from './people.ts';
import type { Platform } from './platform.ts';
import { sandboxMessage } from './wire.ts';

const folder = fileURLToPath(new URL('./page/', import.meta.url));
const contentTypes: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    html: 'text/html; charset=utf-8',
    css: 'text/css; charset=utf-8',
    js: 'text/javascript; charset=utf-8',
    svg: 'image/svg+xml',
  }),
);
const shownMessagesMax = 300;
const aliveMs = 15_000;

/** What the page needs to draw one entry of the chat list and the head of the chat. */
function chatSummary(platform: Platform, chat: Chat, user: SandboxUser): Record<string, unknown> {
  const bots = chat.botIds.flatMap((id) => platform.world.botById(id) ?? []);
  const isPrivate = chat.kind === 'private';
  const command = (bot: SandboxBot) =>
    platform.commands.seenBy({ bot, chat, user }).map(({ command, description }) => ({
      command: isPrivate ? command : `${command}@${bot.username}`,
      description,
    }));
  return {
    key: chat.key,
    hook: isPrivate ? (bots[0]?.username ?? '') : String(chat.id),
    kind: chat.kind,
    chatId: chat.id,
    title: chat.title,
    about: isPrivate ? (bots[0]?.about ?? 'bot') : `${chat.userIds.length + bots.length} members`,
    bot: bots[0]?.username ?? '',
    ringing: bots.filter((bot) => bot.rings).map((bot) => bot.id),
    started: chat.started,
    blocked: chat.blocked,
    pinnedMessageId: chat.pinnedMessageId,
    replyKeyboard: chat.replyKeyboard,
    commands: bots.flatMap(command),
  };
}

function chatsOf(platform: Platform, user: SandboxUser): Chat[] {
  return platform.world.chats().filter((chat) => chat.userIds.includes(user.id));
}

function pageEvents(platform: Platform, user: SandboxUser, event: SandboxEvent): unknown[] {
  const { world } = platform;
  if (event.type === 'commands') {
    return chatsOf(platform, user)
      .filter((chat) => chat.botIds.includes(event.bot.id))
      .map((chat) => ({ type: 'chat', chat: chat.key, summary: chatSummary(platform, chat, user) }));
  }
  const { chat } = event;
  if (!chat.userIds.includes(user.id)) return [];
  switch (event.type) {
    case 'message':
    case 'edited':
      return [{ type: event.type, chat: chat.key, message: sandboxMessage(event.message, { chat, world }) }];
    case 'deleted':
      return [{ type: 'deleted', chat: chat.key, messageId: event.messageId }];
    case 'chat':
      return [{ type: 'chat', chat: chat.key, summary: chatSummary(platform, chat, user) }];
    case 'typing':
      return [{ type: 'typing', chat: chat.key, name: event.bot.name, action: event.action }];
    default:
      return event satisfies never;
  }
}

/** `tapButton` waits for the bot no longer than somebody would. */
export type PageActs = Pick<People, 'sendText' | 'sendDocument' | 'block' | 'unblock'> & {
  tapButton(input: TapButton): Promise<CallbackAnswer>;
};

export function createPageRoutes(platform: Platform, people: PageActs): Hono {
  const app = new Hono();
  const { world } = platform;
  // Message ids begin anew with every sandbox; what a browser remembers as read holds for one session only.
  const session = randomUUID();
  const userOf = (context: Context) => world.user(Number(context.req.query('user'))) ?? world.users[0];

  app.get('/', (context) => asset(context, 'index.html'));
  app.get('/page/assets/:name{[a-z-]+\\.(?:css|js|svg)}', (context) => asset(context, context.req.param('name')));
  app.get('/page/state', (context) => {
    const user = userOf(context);
    if (!user) return context.json({ error: 'the sandbox has no users' }, 404);
    const chats = chatsOf(platform, user).map((chat) => ({
      ...chatSummary(platform, chat, user),
      messages: [...chat.messages.values()]
        .slice(-shownMessagesMax)
        .map((message) => sandboxMessage(message, { chat, world })),
    }));
    return context.json({ session, user, users: world.users, chats });
  });
  app.get('/page/events', (context) => {
    const user = userOf(context);
    if (!user) return context.json({ error: 'the sandbox has no users' }, 404);
    return streamSSE(context, async (stream) => {
      const write = (event: unknown) => void stream.writeSSE({ data: JSON.stringify(event) });
      const leave = world.subscribe((event) => {
        for (const shown of pageEvents(platform, user, event)) write(shown);
      });
      const alive = setInterval(() => write({ type: 'alive' }), aliveMs);
      write({ type: 'hello' });
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      clearInterval(alive);
      leave();
    });
  });
  app.get('/page/files/:fileId', (context) => {
    const file = platform.files.byId(context.req.param('fileId'));
    if (!file) return context.notFound();
    const isPicture = /^image\/(png|jpeg|gif)$/.test(file.mimeType);
    const name = encodeURIComponent(file.name);
    return context.body(Buffer.from(file.bytes), 200, {
      'content-type': isPicture ? file.mimeType : 'application/octet-stream',
      'content-disposition': `${isPicture ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
      'x-content-type-options': 'nosniff',
    });
  });
  addActs(app, people);
  return app;
}

/** The page's buttons. A refusal is a sentence for the toast, never a broken page. */
function addActs(app: Hono, people: PageActs): void {
  const acts: Readonly<Record<string, (input: never) => unknown>> = {
    send: people.sendText,
    tap: people.tapButton,
    block: people.block,
    unblock: people.unblock,
  };
  for (const [name, act] of Object.entries(acts)) {
    app.post(`/page/${name}`, async (context) => {
      try {
        const result = await act((await context.req.json()) as never);
        return context.json({ ok: true, result: result ?? null });
      } catch (error) {
        return context.json({ ok: false, error: error instanceof Error ? error.message : String(error) }, 400);
      }
    });
  }
  app.post('/page/document', async (context) => {
    const { userId, bot = '', chatId, name = 'file', caption } = context.req.query();
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    try {
      const who = { userId: Number(userId), bot, chatId: Number(chatId) };
      return context.json({
        ok: true,
        result: people.sendDocument({ ...who, name, bytes, ...(caption ? { caption } : {}) }),
      });
    } catch (error) {
      return context.json({ ok: false, error: error instanceof Error ? error.message : String(error) }, 400);
    }
  });
}

async function asset(context: Context, name: string): Promise<Response> {
  const type = contentTypes.get(name.split('.').at(-1) ?? '') ?? 'application/octet-stream';
  try {
    const headers = { 'content-type': type, 'cache-control': 'no-cache' };
    return context.body(Buffer.from(await readFile(folder + name)), 200, headers);
  } catch {
    return context.notFound();
  }
}
