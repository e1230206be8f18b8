import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import type { Milliseconds } from '#kernel/clock.ts';

/** One address that the provider posts to, as its API lists it. */
export interface RegisteredWebhook {
  url: string;
  isEnabled: boolean;
  /** The kinds of event that it is for. */
  events: readonly string[] | 'all';
  /** Its last attempts, in any order; fetched only for the one that is ours. */
  attempts(): Promise<readonly WebhookAttempt[]>;
}

export interface WebhookAttempt {
  at: Milliseconds;
  isTaken: boolean;
  /** Null when there was no answer. */
  httpStatus: number | null;
}

export interface WebhookExpectation {
  /** Where it should post to; null when PUBLIC_URL is not set. */
  webhookUrl: string | null;
  /** Without one of these a change of a payment is learnt late. */
  needed: readonly string[];
  /** The setting that holds its secret. */
  secret: string;
  /** Where an admin finds it at the provider. */
  place: string;
}

const name = 'webhook';

/** So many attempts that failed one after the other, the newest among them, are no accident. */
const failuresMax = 3;

/** Whether one of them is ours, is switched on, covers the events that are needed, and gets through. */
export async function judgeWebhooks(
  registered: readonly RegisteredWebhook[],
  expected: WebhookExpectation,
): Promise<SetUpCheck> {
  const { webhookUrl, place } = expected;
  if (webhookUrl === null) return judgeUntold(registered, place);
  const ours = registered.filter(({ url }) => isSameAddress(url, webhookUrl));
  const hook = ours.find(({ isEnabled }) => isEnabled) ?? ours[0];
  if (hook === undefined) {
    const others = registered.length === 0 ? '' : ` (those there post to ${hostsOf(registered)})`;
    return errorCheck(name, {
      detail: `none posts to ${webhookUrl}${others}`,
      advice: `register that address in ${place}`,
    });
  }
  if (!hook.isEnabled) return errorCheck(name, { detail: 'ours is switched off', advice: `switch it on in ${place}` });
  const { events } = hook;
  const missing = events === 'all' ? [] : expected.needed.filter((event) => !events.includes(event));
  if (missing.length > 0) {
    const advice = `add them in ${place}; until then such changes are found by polling`;
    return warningCheck(name, { detail: `ours does not send ${missing.join(', ')}`, advice });
  }
  return judgeAttempts(await hook.attempts(), { ...expected, webhookUrl });
}

function judgeUntold(registered: readonly RegisteredWebhook[], place: string): SetUpCheck {
  if (registered.length === 0) {
    return errorCheck(name, {
      detail: 'none is registered',
      advice: `set PUBLIC_URL, and register a webhook in ${place}`,
    });
  }
  const detail = `posts to ${hostsOf(registered)}; whether that leads here is unknown`;
  return warningCheck(name, { detail, advice: 'set PUBLIC_URL' });
}

function judgeAttempts(
  attempts: readonly WebhookAttempt[],
  expected: WebhookExpectation & { webhookUrl: string },
): SetUpCheck {
  const newestFirst = attempts.toSorted((left, right) => right.at - left.at);
  const firstTaken = newestFirst.findIndex(({ isTaken }) => isTaken);
  const failed = firstTaken === -1 ? newestFirst : newestFirst.slice(0, firstTaken);
  const [newest] = failed;
  if (newest === undefined) {
    const taken = attempts.length === 0 ? 'nothing was sent yet' : 'the last delivery was accepted';
    return okCheck(name, `posts to ${expected.webhookUrl}, ${taken}`);
  }
  const { httpStatus } = newest;
  const how = httpStatus === null ? 'was not answered' : `was answered ${httpStatus}`;
  const detail = `${failed.length === 1 ? 'the last delivery' : `the last ${failed.length} deliveries`} failed: the newest ${how}`;
  const advice =
    httpStatus === 401
      ? `copy the webhook's secret from ${expected.place} to ${expected.secret}`
      : `check that the provider reaches ${expected.webhookUrl}`;
  return failed.length < failuresMax ? warningCheck(name, { detail, advice }) : errorCheck(name, { detail, advice });
}

function isSameAddress(left: string, right: string): boolean {
  const read = (text: string): string | undefined => URL.parse(text)?.href.replace(/\/$/, '');
  return read(left) !== undefined && read(left) === read(right);
}

/** Hosts only: a path may hold a secret of somebody else's. */
function hostsOf(registered: readonly RegisteredWebhook[]): string {
  const hosts = new Set(registered.map(({ url }) => URL.parse(url)?.host ?? 'no valid address'));
  return [...hosts].slice(0, 3).join(', ');
}

/** For a provider that gets the address of its webhooks with each payment. */
export function judgeToldAddress(title: string, notificationUrl: string | undefined): SetUpCheck {
  if (notificationUrl !== undefined) return okCheck(name, `${title} gets ${notificationUrl} with every payment`);
  const detail = `${title} gets no address to post to: payments are found by polling only`;
  return warningCheck(name, { detail, advice: 'set PUBLIC_URL' });
}
