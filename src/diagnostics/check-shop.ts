import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#kernel/set-up-check.ts';
import { type Visit, visit } from './probe-url.ts';

const name = 'webhook';

/** Whether the shop's site answers where order events are announced. Nothing is announced by asking. */
export async function checkShop(url: string | null, signal: AbortSignal): Promise<SetUpCheck[]> {
  if (url === null) return [okCheck(name, 'off: STORE_WEBHOOK_URL is not set, and nothing is announced')];
  return [judgeShop(await visit(url, { method: 'HEAD', signal }), new URL(url).origin)];
}

/** A route that takes POST alone answers HEAD with 404 or 405, and one that wants a signature with 400 or 401: all are there. */
export function judgeShop(answer: Visit, origin: string): SetUpCheck {
  if (answer.kind === 'failed') {
    const advice =
      'see that STORE_WEBHOOK_URL is right and the site runs; until then announcements wait and are repeated';
    return errorCheck(name, { detail: `${origin} does not answer (${answer.reason})`, advice });
  }
  const { status } = answer;
  if (status >= 500) {
    return warningCheck(name, { detail: `${origin} answers ${status}`, advice: "see the log of the shop's site" });
  }
  if (status >= 300 && status < 400) {
    const advice = 'set STORE_WEBHOOK_URL to where it leads: an announcement follows no redirect';
    return warningCheck(name, { detail: `${origin} redirects (${status})`, advice });
  }
  return okCheck(name, `${origin} answers (${status} to HEAD)`);
}
