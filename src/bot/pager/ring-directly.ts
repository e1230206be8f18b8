// Alerts are cases in the database and go by its outbox. That the database itself is away can go by neither: it is sent at once,
// and nothing of it is stored.
import type { AdminDirectory } from '#access/admin.ts';
import type { EventLog } from '#kernel/process.ts';
import type { ChatSender, SendOutcome } from '../telegram/telegram.ts';
import { bold, show } from '../text/html.ts';
import type { View } from '../text/view.ts';

export interface DirectNews {
  kind: 'began' | 'over';
  headline: string;
  /** A sentence or two; no secret. */
  detail: string;
}

interface DirectDeps {
  admins: AdminDirectory;
  log: EventLog;
  /** The pager's; must need no database. */
  sender: ChatSender;
  otherBot?: ChatSender | null;
}

/** Sends to the chat that alerts go to, else to every owner in private, by the other bot if need be; false when nobody got it. */
export function createDirectRing(deps: DirectDeps, alertChatId: number | null) {
  const senders = [deps.sender, deps.otherBot].filter((sender) => sender !== null && sender !== undefined);

  async function tryToSend(sender: ChatSender, message: { chatId: number; view: View; signal: AbortSignal }) {
    const { signal, ...rest } = message;
    try {
      return await sender.send({ ...rest, isSilent: false, replyTo: null }, signal);
    } catch (error) {
      // Whoever keeps what Telegram answered needs the database.
      deps.log.error('direct message not sent', { chatId: message.chatId }, error);
      return undefined;
    }
  }

  async function sendTo(chatId: number, view: View, signal: AbortSignal): Promise<boolean> {
    for (const sender of senders) {
      let outcome: SendOutcome | undefined = await tryToSend(sender, { chatId, view, signal });
      if (outcome?.kind === 'moved') outcome = await tryToSend(sender, { chatId: outcome.toChatId, view, signal });
      if (outcome?.kind === 'sent') return true;
    }
    return false;
  }

  return async (news: DirectNews, signal: AbortSignal): Promise<boolean> => {
    const view = drawNews(news);
    if (alertChatId !== null && (await sendTo(alertChatId, view, signal))) return true;
    const owners = (await deps.admins.listAdmins()).filter(({ role }) => role === 'owner');
    const reached = await Promise.all(owners.map(({ id }) => sendTo(id, view, signal)));
    return reached.includes(true);
  };
}

function drawNews({ kind, headline, detail }: DirectNews): View {
  const word = kind === 'began' ? bold('CRITICAL') : `✅ ${bold('RESOLVED')}`;
  return { text: `${word} · ${show(headline, 200)}\n${show(detail, 700)}`, keyboard: [] };
}
