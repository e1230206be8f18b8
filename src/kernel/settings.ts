// What a setting of the environment is, and the formats that several sides share. No message repeats what was given: it may
// be a secret in the wrong place.
import { z } from 'zod';

export interface Setting<Value = unknown> {
  schema: z.ZodType<Value, string>;
  /** What it is when it is unset, as it would be written; null when there is none. */
  fallback: string | null;
  /** What the value counts or is; null for plain words. */
  unit: string | null;
  /** Its value is never printed, and is redacted from every log line. */
  isSecret: boolean;
  /** A secret that people make up themselves, and that may therefore be weak. */
  isSelfMade: boolean;
  sentence: string;
}

export type SettingGroup = Readonly<Record<string, Setting>>;

/** What the settings of a group are once they are read. */
export type ValuesOf<Group> = {
  [Name in keyof Group]: Group[Name] extends Setting<infer Value> ? Value : never;
};

export function setting<Value>(
  input: Pick<Setting<Value>, 'schema' | 'sentence'> & Partial<Setting<Value>>,
): Setting<Value> {
  return { fallback: null, unit: null, isSecret: false, isSelfMade: false, ...input };
}

/** What was found in the environment. */
export interface Reading {
  /** The values that could be read, defaults among them. */
  values: Readonly<Record<string, unknown>>;
  /** Which settings were given, right or wrong. */
  given: ReadonlySet<string>;
  faults: string[];
}

/** A part of the product is on when any setting of it is given; each needed setting that is then missing is a fault. */
export function isOn(
  reading: Reading,
  part: { title: string; needed: readonly string[]; optional: readonly string[] },
): boolean {
  const present = [...part.needed, ...part.optional].find((name) => reading.given.has(name));
  if (present === undefined) return false;
  requireAll(reading, {
    names: part.needed,
    because: `is missing: ${part.title} is set up in part (${present} is set)`,
  });
  return true;
}

export function requireAll(reading: Reading, input: { names: readonly string[]; because: string }): void {
  for (const name of input.names) if (!reading.given.has(name)) reading.faults.push(`${name} ${input.because}`);
}

const loopbackHosts = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Two at most: the one in use and the one that follows or went before, so that a rotation loses nothing. */
const secretsMax = 2;

export function isReachable(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopbackHosts.test(url.hostname));
}

/** An address that calls go to or come from: `https://`, or `http://` on loopback. Comes out without a slash at its end. */
export const baseUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  const refuse = (message: string): never => {
    context.addIssue(message);
    return z.NEVER;
  };
  if (url === null) return refuse('is not a URL');
  if (!isReachable(url)) return refuse('must begin with https:// (http:// is accepted on loopback only)');
  if (url.username !== '' || url.password !== '') return refuse('must not contain a user name or a password');
  if (url.search !== '' || url.hash !== '') return refuse('must not contain a query or a fragment');
  return url.href.replace(/\/+$/, '');
});

export const word = z.string().refine((text) => !/\s/.test(text), 'must not contain blanks');

/** One value, or two with a comma between while one replaces the other. */
export function listOf(rule: z.ZodType<string, string>) {
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => part !== ''), 'has an empty place in its list')
    .refine((parts) => parts.length <= secretsMax, `takes at most ${secretsMax} values, separated by a comma`)
    .pipe(z.array(rule));
}

export const secrets = listOf(word);
