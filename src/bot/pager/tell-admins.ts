// An alert or a report is told once somebody whom it is for could see it. A chat that refuses it is not the end of it: it
// goes to the owners in private, by the other bot if need be, and stays owed to the chat until that takes it.
import type { AdminDirectory } from '#access/admin.ts';
import { type Clock, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { EventLog } from '#kernel/process.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import type { AlertChat } from '../telegram/alert-chat.ts';
import { sumUp } from '../telegram/cards.ts';
import type { ChatSender, SendOutcome } from '../telegram/telegram.ts';

/** A chat, and the bot that writes there. */
export interface Place {
  bot: 'admin' | 'pager';
  chatId: number;
}

export interface TellDeps {
  admins: AdminDirectory;
  clock: Clock;
  log: EventLog;
  alertChat: AlertChat;
  /** The pager's. */
  sender: ChatSender;
  /** The command bot's; null where both bots are one. */
  otherBot?: ChatSender | null;
}

export interface Telling {
  /** What it is about, for the log. */
  facts: Record<string, unknown>;
  queuedAt: Milliseconds;
  /** Whether somebody has to see it; else chats that cannot be written to are let go. */
  mustBeSeen: boolean;
  /** Where it is shown already, beside the chats that it goes to: it is kept current there. */
  alsoIn?: readonly Place[];
  /** Undefined when the place shows it as it is now. */
  show(place: Place, sender: ChatSender): Promise<SendOutcome | undefined>;
}

/** A failure that may pass is waited for so long before another way is tried. */
const otherWayAfterMs: Milliseconds = minute;
/** After so long it is no longer taken for a failure that passes. */
const owedAfterMs: Milliseconds = hour;

interface Told extends Place {
  outcome: SendOutcome | undefined;
}

export async function tellAdmins(deps: TellDeps, telling: Telling): Promise<DeliveryResult> {
  const { targets, told } = await tellTargets(deps, telling);
  const elsewhere = (telling.alsoIn ?? []).filter((place) => !targets.some((target) => isSame(place, target)));
  const passing = (await showIn(deps, elsewhere, telling)).filter(mayPass);
  const inAll = sumUp([...told, ...passing].flatMap(asOutcome));
  if (!telling.mustBeSeen || told.some(isSeen) || told.some(hasMoved)) return inAll;

  const waitedMs = deps.clock.now() - telling.queuedAt;
  const isClosed = !told.some(mayPass);
  if (!isClosed && waitedMs < otherWayAfterMs) return inAll;
  const reached = await tellOwners(deps, telling);
  if (!isClosed && waitedMs < owedAfterMs) return inAll;
  const instead = reached === 0 ? 'nobody could be told' : 'the owners were told in private';
  return { kind: 'owed', reason: `${reasonOf(told)}; ${instead}` };
}

/** The chats that it goes to; one that turns out to have another id is tried once more, under that. */
async function tellTargets(deps: TellDeps, telling: Telling): Promise<{ targets: Place[]; told: Told[] }> {
  const targets = await targetsOf(deps);
  const told = await showIn(deps, targets, telling);
  if (!told.some(hasMoved)) return { targets, told };
  const targetsNow = await targetsOf(deps);
  return { targets: targetsNow, told: await showIn(deps, targetsNow, telling) };
}

/** Every owner in private, by the first bot that reaches them; how many could be. */
async function tellOwners(deps: TellDeps, telling: Telling): Promise<number> {
  let reached = 0;
  for (const chatId of await ownersOf(deps)) {
    const ways: Place[] = [
      { bot: 'pager', chatId },
      { bot: 'admin', chatId },
    ];
    for (const way of ways) {
      const [told] = await showIn(deps, [way], telling);
      if (told === undefined || !isSeen(told)) continue;
      reached += 1;
      break;
    }
  }
  return reached;
}

async function showIn(deps: TellDeps, places: readonly Place[], telling: Telling): Promise<Told[]> {
  const told: Told[] = [];
  for (const place of places) {
    const sender = place.bot === 'pager' ? deps.sender : deps.otherBot;
    if (sender === undefined || sender === null) continue;
    const outcome = await telling.show(place, sender);
    told.push({ ...place, outcome });
    if (outcome?.kind === 'blocked' || outcome?.kind === 'refused') {
      deps.log.warn('alert not shown', { ...telling.facts, ...place, reason: outcome.reason });
    }
  }
  return told;
}

/** Where alerts go: to the chat that is set, else to every owner in private. */
async function targetsOf(deps: TellDeps): Promise<Place[]> {
  const alertChatId = await deps.alertChat.currentId();
  const chatIds = alertChatId === null ? await ownersOf(deps) : [alertChatId];
  return chatIds.map((chatId) => ({ bot: 'pager', chatId }));
}

async function ownersOf({ admins }: TellDeps): Promise<number[]> {
  return (await admins.listAdmins()).filter(({ role }) => role === 'owner').map(({ id }) => id);
}

function isSame(one: Place, other: Place): boolean {
  return one.bot === other.bot && one.chatId === other.chatId;
}

function isSeen({ outcome }: Told): boolean {
  return outcome === undefined || outcome.kind === 'sent' || outcome.kind === 'not_modified';
}

function hasMoved({ outcome }: Told): boolean {
  return outcome?.kind === 'moved';
}

function mayPass({ outcome }: Told): boolean {
  return outcome?.kind === 'unreachable' || outcome?.kind === 'slow_down';
}

function asOutcome({ chatId, outcome }: Told): { chatId: number; outcome: SendOutcome }[] {
  return outcome === undefined ? [] : [{ chatId, outcome }];
}

function reasonOf(told: readonly Told[]): string {
  const outcome = told[0]?.outcome;
  if (outcome === undefined) return 'there is no chat to write to';
  return 'reason' in outcome ? outcome.reason : outcome.kind.replaceAll('_', ' ');
}
