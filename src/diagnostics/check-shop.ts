import { type ProbeResult, probeUrl } from './probe-url.ts';
import { errorCheck, okCheck, type SetUpCheck, warningCheck } from './set-up-check.ts';

const name = 'webhook';

/** Whether the shop's site answers at the address that order events are sent to. The probe sends no event. */
export async function checkShop(url: string | null, signal: AbortSignal): Promise<SetUpCheck[]> {
  if (url === null) return [okCheck(name, 'off: STORE_WEBHOOK_URL is not set, so no order events are announced')];
  return [judgeShop(await probeUrl(url, { method: 'HEAD', signal }), new URL(url).origin)];
}

/** A route that takes only POST answers HEAD with 404 or 405, and one that needs a signature with 400 or 401: both work. */
export function judgeShop(answer: ProbeResult, origin: string): SetUpCheck {
  if (answer.kind === 'failed') {
    const advice = 'check STORE_WEBHOOK_URL and whether the site runs; until then announcements wait and are repeated';
    return errorCheck(name, { detail: `${origin} does not answer (${answer.reason})`, advice });
  }
  const { status } = answer;
  if (status >= 500) {
    return warningCheck(name, { detail: `${origin} answers ${status}`, advice: "check the log of the shop's site" });
  }
  if (status >= 300 && status < 400) {
    const advice = 'set STORE_WEBHOOK_URL to the target of the redirect: announcements do not follow it';
    return warningCheck(name, { detail: `${origin} redirects (${status})`, advice });
  }
  return okCheck(name, `${origin} answers (${status} to HEAD)`);
}
