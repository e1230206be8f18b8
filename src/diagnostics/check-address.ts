// Whether providers reach this server: PUBLIC_URL has to lead to this product, and POST has to arrive there. When the product is
// not running, a failed probe is no error.

import { type ProbeResult, probeUrl } from './probe-url.ts';
import { errorCheck, type GroupedCheck, okCheck, type SetUpCheck, warningCheck } from './set-up-check.ts';

export interface AddressQuestion {
  publicUrl: string | null;
  /** The product's local address, to fetch the id of the instance that runs there; null when `instance` is known. */
  ownUrl: string | null;
  /** The id of the product's process that runs the checks; null when another process runs them. */
  instance: string | null;
  /** Whether every provider is on this machine, as in a sandbox. */
  isAllLocal: boolean;
  /** What must be reachable by POST, below PUBLIC_URL. */
  routes: readonly Route[];
}

export interface Route {
  /** The provider or bot whose events arrive there. */
  group: string;
  path: string;
  /** The secret end of the path, which is posted to and never shown; null where there is none. */
  secretEnd: string | null;
}

const name = 'address';

export async function checkAddress(
  question: AddressQuestion,
  signal: AbortSignal,
): Promise<(SetUpCheck | GroupedCheck)[]> {
  const { publicUrl, ownUrl } = question;
  if (publicUrl === null) {
    const advice = 'set PUBLIC_URL to the https address by which providers reach this server';
    return [warningCheck(name, { detail: 'PUBLIC_URL is not set: payments may be found by polling only', advice })];
  }
  const identify = async (url: string) => readIdentity(await probeUrl(`${url}/livez`, { method: 'GET', signal }));
  const [there, here] = await Promise.all([identify(publicUrl), ownUrl === null ? undefined : identify(ownUrl)]);
  const instance = question.instance ?? (here?.kind === 'ours' ? here.instance : null);
  const address = judgeAddress(there, { ...question, publicUrl, instance });
  if (there.kind !== 'ours') return [address];
  // Another server that answers at PUBLIC_URL must not learn the secret end of an address.
  const probed = question.routes.filter(({ secretEnd }) => secretEnd === null || address.status !== 'error');
  const routes = probed.map(async ({ group, path, secretEnd }) => {
    const end = secretEnd === null ? '' : `/${secretEnd}`;
    const answer = await probeUrl(`${publicUrl}${path}${end}`, { method: 'POST', signal });
    return { group, ...judgeRoute(secretEnd === null ? path : `${path}/…`, answer) };
  });
  return [address, ...(await Promise.all(routes))];
}

export type Identity =
  | { kind: 'ours'; instance: string }
  | { kind: 'other'; status: number }
  | { kind: 'none'; reason: string };

function readIdentity(answer: ProbeResult): Identity {
  if (answer.kind === 'failed') return { kind: 'none', reason: answer.reason };
  const instance = readInstance(answer.text);
  return instance === undefined ? { kind: 'other', status: answer.status } : { kind: 'ours', instance };
}

function readInstance(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('product' in value) || value.product !== 'tillkeeper') return undefined;
    return 'instance' in value && typeof value.instance === 'string' ? value.instance : undefined;
  } catch {
    return undefined;
  }
}

/** `instance`: the id of the product that runs here; null when none does, or it does not answer. */
export function judgeAddress(
  there: Identity,
  about: { publicUrl: string; instance: string | null; isAllLocal: boolean },
): SetUpCheck {
  const { publicUrl, instance } = about;
  if (there.kind === 'ours') return judgeOurs(there.instance, about);
  const isGateway = there.kind === 'other' && there.status >= 502 && there.status <= 504;
  const isSilent = there.kind === 'none' && silentReasons.includes(there.reason);
  if (instance === null && (isGateway || isSilent)) {
    const detail = `${publicUrl} does not answer, and the product does not seem to run`;
    return warningCheck(name, { detail, advice: 'start the product and check again' });
  }
  if (there.kind === 'other') {
    const advice = 'let the proxy at PUBLIC_URL forward everything to HOST and PORT, or correct PUBLIC_URL';
    return errorCheck(name, { detail: `another server answers at ${publicUrl} (${there.status} to /livez)`, advice });
  }
  const advice =
    adviceFor.get(there.reason) ?? 'check that PUBLIC_URL is right, and that proxy and firewall let requests through';
  return errorCheck(name, { detail: `${publicUrl} cannot be reached (${there.reason})`, advice });
}

function judgeOurs(
  found: string,
  about: { publicUrl: string; instance: string | null; isAllLocal: boolean },
): SetUpCheck {
  const { publicUrl, instance, isAllLocal } = about;
  if (instance !== null && instance !== found) {
    const advice = 'check where PUBLIC_URL leads: events would go to the other one';
    return errorCheck(name, { detail: `another Tillkeeper answers at ${publicUrl}`, advice });
  }
  if (new URL(publicUrl).protocol === 'http:' && !isAllLocal) {
    const advice = 'set PUBLIC_URL to the https address by which providers reach this server';
    return warningCheck(name, { detail: `${publicUrl} is an address of this machine only`, advice });
  }
  return okCheck(
    name,
    instance === null ? `a Tillkeeper answers at ${publicUrl}` : `${publicUrl} leads to this product`,
  );
}

/** How a probe of a product fails that is not running. */
const silentReasons: readonly string[] = ['ECONNREFUSED', 'UND_ERR_SOCKET', 'ECONNRESET', 'no answer in time'];

const adviceFor: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'the name has no address: correct PUBLIC_URL or the DNS entry'],
  ['EAI_AGAIN', 'the name could not be looked up: check the DNS of this machine'],
  ['CERT_HAS_EXPIRED', 'renew the certificate: providers and Telegram refuse it too'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'use a certificate that providers and Telegram trust'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'use a certificate that providers and Telegram trust'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'let the server send the whole chain of its certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'use a certificate for this very name'],
]);

/** An empty body is refused for its missing signature, and nothing of it is stored. */
export function judgeRoute(path: string, answer: ProbeResult): SetUpCheck {
  const name = 'route';
  const advice = `let the proxy at PUBLIC_URL forward POST ${path} unchanged`;
  if (answer.kind === 'failed') return errorCheck(name, { detail: `POST ${path} failed (${answer.reason})`, advice });
  const { status } = answer;
  const isOurs = answer.contentType.startsWith('application/problem+json');
  if (isOurs && status === 401) return okCheck(name, `POST ${path} arrives`);
  if (isOurs && status === 404) {
    const restart = 'restart the product with these settings';
    return warningCheck(name, {
      detail: `POST ${path} is switched off in the product that runs there`,
      advice: restart,
    });
  }
  if (isOurs && status === 503) {
    return warningCheck(name, { detail: `POST ${path} was answered 503`, advice: 'see /readyz and the log' });
  }
  return errorCheck(name, { detail: `another server answers POST ${path} (${status})`, advice });
}
