// The settings of the product that are secret, and what admins entrust to it, looked for in everything that it writes.
import { hash } from 'node:crypto';
import type { Passed } from '../../machine/listen-in.ts';
import { payhipSeller } from '../../world/payhip-seller.ts';
import { addresses } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';

const secretNames = /(?:TOKEN|SECRET|PASSWORD|KEY)$/;
/** Shorter values are words. */
const lengthMin = 8;
/** Enough of a long one to be of use to somebody. */
const partLength = 40;

export const secrets: Invariant = {
  number: 10,
  promise: 'No secret stands in the log, in a message, in an event for the shop or in an answer.',
  begin(world) {
    const find = createFinder(world);
    const search = (where: string, text: string): void => {
      const name = find(text);
      if (name === undefined) return;
      world.complaints.push({ invariant: 10, text: `${name} stands in ${where}: ${text.slice(0, 300)}` });
    };
    world.log.onLine((line) => search('the log', line));
    world.onPassed((passed) => {
      const where = placeOf(passed);
      if (where !== undefined) search(where, textOf(passed));
    });
  },
};

/** Undefined where a secret belongs, and for what is not of the product. */
function placeOf({ request: { method, url }, answer }: Passed): string | undefined {
  const { host, pathname } = new URL(url);
  if (answer !== undefined) return host === addresses.product ? `the answer to ${method} ${pathname}` : undefined;
  // Telegram is given the secret by which its own calls are known.
  if (host === addresses.telegram && !url.endsWith('/setWebhook')) return `a call of ${pathname.split('/').at(-1)}`;
  return host === addresses.shop ? 'what the shop is sent' : undefined;
}

function textOf({ request, answer }: Passed): string {
  const headers = [...(answer ?? request).headers.values()];
  const body = (answer ?? request).body ?? '';
  return `${headers.join(' ')}\n${typeof body === 'string' ? body : Buffer.from(body).toString('latin1')}`;
}

/** Gives the name of a secret that stands in a text. Settings change at a restart: those of before stay secret. */
function createFinder({ operator, providers }: World): (text: string) => string | undefined {
  const names = new Map<string, string>();
  for (const { key, secret } of payhipSeller(providers).products) {
    if (secret.length >= lengthMin) names.set(secret, `the license secret of ${key}`);
  }
  let known: Readonly<Record<string, string>> | undefined;
  let pattern = /$^/;
  return (text) => {
    if (operator.environment !== known) {
      known = operator.environment;
      for (const [part, name] of secretParts(known)) names.set(part, name);
      pattern = new RegExp([...names.keys()].map((part) => RegExp.escape(part)).join('|'));
    }
    const [part] = pattern.exec(text) ?? [];
    return part === undefined ? undefined : names.get(part);
  };
}

function secretParts(environment: Readonly<Record<string, string>>): [part: string, name: string][] {
  return Object.entries(environment).flatMap(([name, values]) => {
    if (!secretNames.test(name)) return [];
    const secrets = values.split(',').filter((value) => value !== '');
    // Payhip signs every event with the same hash of its key.
    if (name === 'PAYHIP_API_KEY') secrets.push(...secrets.map((key) => hash('sha256', key, 'hex')));
    const parts = secrets.map((secret) => longestLine(secret).slice(0, partLength));
    return parts.filter(({ length }) => length >= lengthMin).map((part): [string, string] => [part, name]);
  });
}

/** A key in PEM begins like every other. */
function longestLine(text: string): string {
  return text.split('\n').reduce((longest, line) => (line.length > longest.length ? line : longest), '');
}
