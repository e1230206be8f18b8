// Whether providers reach us: PUBLIC_URL has to lead to this very product, and POST has to come through. The product may
// not run at the moment; then what cannot be tried is no fault.
import { errorCheck, type GroupedCheck, okCheck, type SetUpCheck, warningCheck } from '#kernel/set-up-check.ts';
import { type Visit, visit } from './probe-url.ts';

export interface AddressQuestion {
  publicUrl: string | null;
  /** Where this product listens, to ask it who it is; null when it is known by `instance`. */
  ownUrl: string | null;
  /** The mark of this very process; null when the asker is another process. */
  instance: string | null;
  /** Whether everybody who is called is on this machine, as in a sandbox. */
  isAllLocal: boolean;
  /** What must be reachable by POST, below PUBLIC_URL. */
  routes: readonly Route[];
}

export interface Route {
  /** Whose events come by it. */
  group: string;
  path: string;
  /** What follows the path, where that is a secret: it is posted to, and never said. Null where nothing does. */
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
  const look = async (url: string) => readIdentity(await visit(`${url}/livez`, { method: 'GET', signal }));
  const [there, here] = await Promise.all([look(publicUrl), ownUrl === null ? undefined : look(ownUrl)]);
  const instance = question.instance ?? (here?.kind === 'ours' ? here.instance : null);
  const address = judgeAddress(there, { ...question, publicUrl, instance });
  if (there.kind !== 'ours') return [address];
  // Whoever else answers there must not learn the end of an address.
  const tried = question.routes.filter(({ secretEnd }) => secretEnd === null || address.status !== 'error');
  const routes = tried.map(async ({ group, path, secretEnd }) => {
    const end = secretEnd === null ? '' : `/${secretEnd}`;
    const answer = await visit(`${publicUrl}${path}${end}`, { method: 'POST', signal });
    return { group, ...judgeRoute(secretEnd === null ? path : `${path}/…`, answer) };
  });
  return [address, ...(await Promise.all(routes))];
}

export type Identity =
  | { kind: 'ours'; instance: string }
  | { kind: 'stranger'; status: number }
  | { kind: 'nobody'; reason: string };

function readIdentity(answer: Visit): Identity {
  if (answer.kind === 'failed') return { kind: 'nobody', reason: answer.reason };
  const instance = readInstance(answer.text);
  return instance === undefined ? { kind: 'stranger', status: answer.status } : { kind: 'ours', instance };
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

/** `instance`: the mark of the product that runs here; null when none does, or it is not seen. */
export function judgeAddress(
  there: Identity,
  about: { publicUrl: string; instance: string | null; isAllLocal: boolean },
): SetUpCheck {
  const { publicUrl, instance } = about;
  if (there.kind === 'ours') return judgeOurs(there.instance, about);
  const isGateway = there.kind === 'stranger' && there.status >= 502 && there.status <= 504;
  const isSilent = there.kind === 'nobody' && silentReasons.includes(there.reason);
  if (instance === null && (isGateway || isSilent)) {
    const detail = `${publicUrl} is not answered, and the product does not seem to run`;
    return warningCheck(name, { detail, advice: 'start it and check again' });
  }
  if (there.kind === 'stranger') {
    const advice = 'let the proxy at PUBLIC_URL hand everything to HOST and PORT, or set PUBLIC_URL right';
    return errorCheck(name, { detail: `somebody else answers at ${publicUrl} (${there.status} to /livez)`, advice });
  }
  const advice =
    adviceFor[there.reason] ?? 'see that PUBLIC_URL is right, and that a proxy and a firewall let it through';
  return errorCheck(name, { detail: `${publicUrl} is not reached (${there.reason})`, advice });
}

function judgeOurs(
  found: string,
  about: { publicUrl: string; instance: string | null; isAllLocal: boolean },
): SetUpCheck {
  const { publicUrl, instance, isAllLocal } = about;
  if (instance !== null && instance !== found) {
    const advice = 'see where PUBLIC_URL leads: events would go to the other one';
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

/** What a product that is not running looks like from outside. */
const silentReasons: readonly string[] = ['ECONNREFUSED', 'UND_ERR_SOCKET', 'ECONNRESET', 'no answer in time'];

const adviceFor: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name has no address: set PUBLIC_URL right, or the DNS entry',
  EAI_AGAIN: 'the name could not be looked up: see that the DNS of this machine works',
  CERT_HAS_EXPIRED: 'renew the certificate: providers and Telegram refuse it too',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'use a certificate that providers and Telegram trust',
  SELF_SIGNED_CERT_IN_CHAIN: 'use a certificate that providers and Telegram trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'let the server send the whole chain of its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'use a certificate for this very name',
};

/** An empty body is refused by the signature alone, and leaves no trace. */
export function judgeRoute(path: string, answer: Visit): SetUpCheck {
  const name = 'route';
  const advice = `let the proxy at PUBLIC_URL hand POST ${path} through as it comes`;
  if (answer.kind === 'failed') return errorCheck(name, { detail: `POST ${path} failed (${answer.reason})`, advice });
  const { status } = answer;
  const isOurs = answer.contentType.startsWith('application/problem+json');
  if (isOurs && status === 401) return okCheck(name, `POST ${path} comes through`);
  if (isOurs && status === 404) {
    const restart = 'start the product anew with these settings';
    return warningCheck(name, { detail: `POST ${path} is off in the product that runs there`, advice: restart });
  }
  if (isOurs && status === 503) {
    return warningCheck(name, { detail: `POST ${path} was answered 503`, advice: 'see /readyz and the log' });
  }
  return errorCheck(name, { detail: `somebody else answers POST ${path} (${status})`, advice });
}
