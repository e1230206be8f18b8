// Remarks on settings that are valid but unwise: the product starts, and `npm run doctor` shows them. Like a fault, a remark
// names settings and never repeats a value.
import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import type { Environment, SettingsReading } from './read-settings.ts';
import { commonSettings, settings } from './settings.ts';

/** Guessing 20 random characters is out of reach; fewer than 8 different ones are not random. */
const lengthMin = 20;
const varietyMin = 8;

const exampleWords = /change.?me|example|placeholder|dummy|replace.?this|your[-_ ]/i;
const exampleValues = /^(?:whsec_)?(?:secret|password|token|key|test|todo|none|x{3,}|0+|1+|1234\d*)$/i;

export function checkSettings(reading: SettingsReading, env: Environment): SetUpCheck[] {
  const secrets = secretsOf(reading);
  const remarks = [
    ...secrets.flatMap((secret) => checkStrength(secret) ?? []),
    ...checkEquals(secrets),
    ...checkUnknown(env),
    ...checkRoles(reading),
  ];
  const isWeak = remarks.some(({ status }) => status !== 'ok');
  return isWeak ? remarks : [okCheck('secrets', 'long enough, and all different'), ...remarks];
}

interface Secret {
  name: string;
  value: string;
  isSelfMade: boolean;
}

function secretsOf({ texts }: SettingsReading): Secret[] {
  const secret = Object.entries(settings).filter(([name, { isSecret }]) => isSecret && name !== 'DATABASE_URL');
  return secret.flatMap(([name, { isSelfMade }]) => {
    const parts = (texts.get(name) ?? '').split(',').filter((part) => part !== '');
    return parts.map((part) => ({ name, value: part.trim(), isSelfMade }));
  });
}

function checkStrength({ name, value, isSelfMade }: Secret): SetUpCheck | undefined {
  const advice = isSelfMade
    ? 'set a random value of its own, such as openssl rand -hex 32 gives'
    : 'set the value that the provider gave you';
  // An e-mail address may be at a domain with such a name.
  if (!value.includes('@') && (exampleWords.test(value) || exampleValues.test(value))) {
    return errorCheck(name, { detail: 'looks like an example, which is public', advice });
  }
  if (!isSelfMade) return undefined;
  if (value.length < lengthMin) {
    return warningCheck(name, {
      detail: `is short: ${value.length} characters instead of at least ${lengthMin}`,
      advice,
    });
  }
  return new Set(value).size < varietyMin ? warningCheck(name, { detail: 'is too simple', advice }) : undefined;
}

/** One token for both bots is allowed: the admin bot then sends the alerts too. */
const mayBeEqual: readonly string[] = ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_PAGER_TOKEN'];

function checkEquals(secrets: readonly Secret[]): SetUpCheck[] {
  const named = Map.groupBy(secrets, ({ value }) => value);
  return [...named.values()].flatMap((same) => {
    const names = [...new Set(same.map(({ name }) => name))];
    const [first, ...others] = names;
    if (first === undefined || others.length === 0 || names.every((name) => mayBeEqual.includes(name))) return [];
    const detail = `has the same value as ${others.join(' and ')}: a leak of one exposes both`;
    return [warningCheck(first, { detail, advice: 'set a value of its own for each' })];
  });
}

const settingNames = Object.keys(settings);

/** Variables with these prefixes are meant for this program; all others in the environment are ignored. */
const ourPrefixes: ReadonlySet<string> = new Set([
  ...settingNames.filter((name) => !Object.hasOwn(commonSettings, name)).map(prefixOf),
  // Documented, and without a setting yet.
  'REFUND',
]);

function prefixOf(name: string): string {
  return name.split('_')[0] ?? '';
}

function checkUnknown(env: Environment): SetUpCheck[] {
  return Object.entries(env).flatMap(([variable, value]) => {
    const name = variable.replace(/_FILE$/, '');
    const isKnown = settingNames.includes(name);
    if (isKnown || !ourPrefixes.has(prefixOf(name)) || (value ?? '').trim() === '') return [];
    const close = settingNames.find((known) => isClose(known, name));
    const advice = close === undefined ? 'remove it' : `did you mean ${close}?`;
    return [warningCheck(variable, { detail: 'has no effect: this version has no such setting', advice })];
  });
}

/** Whether the names differ in at most two letters: missing, added or exchanged. */
function isClose(left: string, right: string): boolean {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...right].entries()) {
      const exchanged = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(exchanged, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return (row.at(-1) ?? 0) <= 2;
}

function checkRoles(reading: SettingsReading): SetUpCheck[] {
  if (!reading.given.has('ROLES')) return [];
  return [okCheck('ROLES', 'has no effect yet: this version runs as one process, and `all` is the only value')];
}
