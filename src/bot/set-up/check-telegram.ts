// What Telegram says of the set-up: the tokens, how updates come, and whether those who must be told can be. No update is
// taken and nothing is sent; whether a chat can be written to shows only by trying, and the least that can be tried is the
// word "typing" above it for some seconds.
import { Api } from 'grammy';
import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { type Clock, clockDifference, type Milliseconds } from '#kernel/clock.ts';
import { readGrammyError } from '../telegram/grammy-errors.ts';
import type { SendOutcome } from '../telegram/telegram.ts';
import { checkAlertChat, checkOwners } from './check-chats.ts';
import { checkUpdates } from './check-updates.ts';
import { bounded, type KnownBot, reasonOf } from './known-bot.ts';

export interface TelegramSetUp {
  apiRoot: string;
  adminToken: string;
  /** Null: the admin bot sends the alerts. */
  pagerToken: string | null;
  /** Below this address Telegram posts each bot's updates; null: they are polled. */
  webhookRoot: string | null;
  ownerIds: readonly number[];
  /** Null: alerts go to every owner in private. */
  alertChatId: number | null;
}

export async function checkTelegram(
  deps: { clock: Clock },
  setUp: TelegramSetUp,
  signal: AbortSignal,
): Promise<{ checks: SetUpCheck[]; clockAheadMs: Milliseconds | undefined }> {
  const clockAheadMs = readClock(deps.clock, setUp.apiRoot, signal);
  const { adminToken, pagerToken } = setUp;
  const [admin, pager] = await Promise.all([
    introduce(deps, { apiRoot: setUp.apiRoot, role: 'admin', token: adminToken }, signal),
    pagerToken === null
      ? undefined
      : introduce(deps, { apiRoot: setUp.apiRoot, role: 'pager', token: pagerToken }, signal),
  ]);
  const isShared = pagerToken === null;
  const isPrivate = setUp.alertChatId === null;
  const bots = [admin, pager].flatMap((one) => (one?.bot === undefined ? [] : [one.bot]));
  const checks = await Promise.all([
    ...bots.map((bot) => checkUpdates(bot, { webhookRoot: setUp.webhookRoot, now: deps.clock.now() }, signal)),
    admin.bot === undefined ? [] : checkOwners(admin.bot, { ...setUp, getsAlerts: isShared && isPrivate }, signal),
    checkAlerts(setUp, { admin: admin.bot, pager: pager?.bot }, signal),
  ]);
  const pagerCheck = pager?.check ?? okCheck('pager bot', 'the admin bot sends the alerts');
  return {
    checks: [admin.check, isDuplicate(admin.bot, pager?.bot) ? duplicate : pagerCheck, ...checks.flat()],
    clockAheadMs: await clockAheadMs,
  };
}

const duplicate = errorCheck('pager bot', {
  detail: 'is the admin bot under another token',
  advice: 'set TELEGRAM_PAGER_TOKEN to the token of a second bot, or leave it unset',
});

function isDuplicate(admin: KnownBot | undefined, pager: KnownBot | undefined): boolean {
  return admin !== undefined && admin.me.id === pager?.me.id;
}

async function checkAlerts(
  setUp: TelegramSetUp,
  bots: { admin: KnownBot | undefined; pager: KnownBot | undefined },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const sender = setUp.pagerToken === null ? bots.admin : bots.pager;
  if (sender === undefined) return [];
  if (setUp.alertChatId !== null) return [await checkAlertChat(sender, setUp.alertChatId, signal)];
  // With one bot the owners were asked about already.
  return sender.role === 'admin' ? [] : await checkOwners(sender, { ...setUp, getsAlerts: true }, signal);
}

async function introduce(
  deps: { clock: Clock },
  { apiRoot, role, token }: { apiRoot: string; role: KnownBot['role']; token: string },
  signal: AbortSignal,
): Promise<{ check: SetUpCheck; bot: KnownBot | undefined }> {
  const name = `${role} bot`;
  const setting = role === 'admin' ? 'TELEGRAM_BOT_TOKEN' : 'TELEGRAM_PAGER_TOKEN';
  const api = new Api(token, { apiRoot });
  try {
    const me = await api.getMe(bounded(deps, signal));
    return { check: okCheck(name, `is @${me.username}`), bot: { role, api, me, clock: deps.clock } };
  } catch (error) {
    return { check: unknownBot(name, { outcome: readGrammyError(error), setting }), bot: undefined };
  }
}

function unknownBot(name: string, { outcome, setting }: { outcome: SendOutcome; setting: string }): SetUpCheck {
  if (outcome.kind === 'slow_down') {
    return warningCheck(name, { detail: 'Telegram asks to slow down', advice: 'wait a minute and check again' });
  }
  const reason = reasonOf(outcome);
  if (/^40[14]:/.test(reason)) {
    const advice = `take the token from BotFather and set ${setting}`;
    return errorCheck(name, { detail: `Telegram does not know its token (${reason})`, advice });
  }
  const advice = 'check that this machine reaches the Bot API, and TELEGRAM_API_ROOT if it is set';
  return errorCheck(name, { detail: `Telegram does not answer (${reason})`, advice });
}

/** What stands at the root does not matter: every answer has a date. */
async function readClock(clock: Clock, apiRoot: string, signal: AbortSignal): Promise<Milliseconds | undefined> {
  const startedAt = clock.now();
  try {
    const answer = await fetch(`${apiRoot}/`, { method: 'HEAD', redirect: 'manual', signal });
    const told = Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(told) ? undefined : clockDifference({ serverTime: told, startedAt, endedAt: clock.now() });
  } catch {
    // That Telegram is not there is said by the check of the bots.
    return undefined;
  }
}
