import type { WebhookInfo } from 'grammy/types';
import { okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import { readGrammyError } from '../telegram/grammy-errors.ts';
import { bounded, type KnownBot, reasonOf } from './known-bot.ts';

/** An older failure was got over, or nobody has written since. */
const recentMs: Milliseconds = hour;
/** So many updates wait only where nobody takes them. */
const pendingMax = 100;

/** Whether updates can come as they should: nothing in the way of polling, or a webhook that is ours and gets through. */
export async function checkUpdates(
  bot: KnownBot,
  about: { webhookRoot: string | null; now: Milliseconds },
  signal: AbortSignal,
): Promise<SetUpCheck> {
  const name = `${bot.role} updates`;
  try {
    const info = await bot.api.getWebhookInfo(bounded(bot, signal));
    if (about.webhookRoot === null) return judgePolling(name, info);
    return judgeWebhook(name, { info, expected: `${about.webhookRoot}/${bot.role}`, now: about.now });
  } catch (error) {
    return warningCheck(name, {
      detail: `unknown: ${reasonOf(readGrammyError(error))}`,
      advice: 'check again in a minute',
    });
  }
}

export function judgePolling(name: string, { url, pending_update_count: pending }: WebhookInfo): SetUpCheck {
  if (url) {
    const advice = 'npm start removes it; if another program uses this bot, give each a bot of its own';
    return warningCheck(name, {
      detail: `a webhook is set for ${hostOf(url)}, which keeps updates from being polled`,
      advice,
    });
  }
  return judgePending(name, { pending, how: 'polling, and no webhook is in its way' });
}

export function judgeWebhook(
  name: string,
  { info, expected, now }: { info: WebhookInfo; expected: string; now: Milliseconds },
): SetUpCheck {
  if (!info.url) return warningCheck(name, { detail: 'no webhook is set', advice: 'npm start sets it' });
  if (info.url !== expected) {
    const advice = 'npm start sets it again; if another program uses this bot, give each a bot of its own';
    return warningCheck(name, { detail: `the webhook is set for ${hostOf(info.url)}, not for ${expected}`, advice });
  }
  const failedAgoMs = now - (info.last_error_date ?? 0) * second;
  if (failedAgoMs < recentMs) {
    const ago = `${Math.max(1, Math.round(failedAgoMs / minute))} min ago`;
    const detail = `Telegram could not deliver, last ${ago}: ${info.last_error_message ?? 'no reason given'}`;
    return warningCheck(name, {
      detail,
      advice: `check that ${expected} reaches this server, with a certificate that is valid`,
    });
  }
  return judgePending(name, { pending: info.pending_update_count, how: `posted to ${expected}` });
}

function judgePending(name: string, { pending, how }: { pending: number | undefined; how: string }): SetUpCheck {
  if ((pending ?? 0) <= pendingMax) return okCheck(name, how);
  const advice = 'check that the product runs, and that no other program uses this bot';
  return warningCheck(name, { detail: `${pending} updates wait, and no program fetches them`, advice });
}

/** The host only: in the path of a webhook there is often a secret. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'an address that is none';
}
