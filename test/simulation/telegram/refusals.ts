// Whatever the product sends, Telegram can take: it refuses only what somebody made it refuse, and what nobody can know before.
import { second } from '#kernel/clock.ts';
import type { ApiCall } from '#sandbox/telegram/model.ts';
import type { TelegramSandboxCore } from '#sandbox/telegram/sandbox.ts';
import type { Disturbances } from '../world/disturbances.ts';

/** The sandbox marks what a fault or an outage did. */
const injected = / \(injected\)$/;

/** What may meet a call that is right: too much at once, a chat that is closed or moved, a message that is there no more, a late answer. */
const unforeseeable: readonly RegExp[] = [
  /^Too Many Requests: retry after \d+$/,
  /^Forbidden: /,
  /^Conflict: terminated by /,
  /^Bad Request: group chat was upgraded to a supergroup chat$/,
  /^Bad Request: message is not modified/,
  /^Bad Request: message to (?:edit|delete|be replied) not found$/,
  /^Bad Request: message can't be deleted for everyone$/,
  /^Bad Request: query is too old and response timeout expired or query ID is invalid$/,
];

const webhookInTheWay = "Conflict: can't use getUpdates method while webhook is active";

const hindering = /^(?:Too Many Requests|Forbidden|Conflict)\b|upgraded to a supergroup/;

/** An admin has not pressed Start yet: there is no menu to set, and a check says so. */
const asksAboutChat: ReadonlySet<string> = new Set(['getChat', 'setMyCommands']);

/** A sentence for each call that Telegram refused for what stood in it. */
export function watchRefusals(sandbox: TelegramSandboxCore): readonly string[] {
  const refused: string[] = [];
  /** Bots that were told of a webhook in their way, and have not deleted it yet. */
  const inConflict = new Set<string>();
  sandbox.onCall((call) => {
    const { bot, method, ok, error = '' } = call;
    if (method === 'deleteWebhook' && ok) inConflict.delete(bot);
    // A process that has ended meanwhile may have been about to set one.
    if (error.startsWith(webhookInTheWay) && !inConflict.has(bot)) inConflict.add(bot);
    else if (!ok && !isExpected(call)) refused.push(sentenceOf(call));
  });
  return refused;
}

/** Telegram's own limits, faults, and chats that are closed hold up whatever the product sends. */
export function noteFailures(sandbox: TelegramSandboxCore, disturbances: Disturbances): void {
  sandbox.onCall(({ ok, error = '', bot, method, params }) => {
    if (ok || !(injected.test(error) || hindering.test(error))) return;
    const seconds = Number(/retry after (\d+)/.exec(error)?.[1] ?? 0);
    const place = 'chat_id' in params ? ` in chat ${params['chat_id']}` : '';
    disturbances.note(`@${bot} ${method}${place}: ${error}`, seconds * second);
  });
}

function isExpected({ method, error = '' }: ApiCall): boolean {
  if (error === 'Bad Request: chat not found' && asksAboutChat.has(method)) return true;
  return injected.test(error) || unforeseeable.some((words) => words.test(error));
}

function sentenceOf({ at, bot, method, error, params }: ApiCall): string {
  return `@${bot} ${method} at ${new Date(at).toISOString()}: ${error}; ${JSON.stringify(params).slice(0, 600)}`;
}
