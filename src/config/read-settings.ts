// Reads the environment's variables, each with the schema of its setting.
import type { Reading } from '#payments/providers/kit/settings.ts';
import { readPath } from './file-path.ts';
import { type SettingValues, settings } from './settings.ts';
import { findUnseen, isQuoted, UnreadableText } from './text-file.ts';

/** A secret that admins make up: below this it can be guessed. From 20 on the doctor is content, too. */
const selfMadeLengthMin = 8;

export type Environment = Readonly<Record<string, string | undefined>>;
export interface ConfigDeps {
  /** Reads the file that `NAME_FILE` names, as text; throws when it cannot, UnreadableText among others. */
  readFile(path: string): string;
}

export interface SettingsReading extends Reading {
  values: SettingValues & Readonly<Record<string, unknown>>;
  /** The text of each setting, or its default. */
  texts: ReadonlyMap<string, string>;
}

export function readSettings(env: Environment, deps: ConfigDeps & { names?: readonly string[] }): SettingsReading {
  const values: Record<string, unknown> = {};
  const given = new Set<string>();
  const texts = new Map<string, string>();
  const faults = findSpoiltNames(env);
  for (const [name, { schema, fallback, isSelfMade }] of Object.entries(settings)) {
    if (deps.names?.includes(name) === false) continue;
    const found = findText(env, { name, readFile: deps.readFile });
    if (found.kind !== 'unset') given.add(name);
    if (found.kind === 'fault') {
      faults.push(found.fault);
      continue;
    }
    const text = found.kind === 'set' ? found.text : fallback;
    if (text === null) continue;
    texts.set(name, text);
    const parsed = schema.safeParse(text);
    if (!parsed.success) faults.push(`${name} ${parsed.error.issues[0]?.message ?? 'is wrong'}`);
    else if (isSelfMade && isGuessable(text)) faults.push(`${name} ${tooShort}`);
    else values[name] = parsed.data;
  }
  return { values, given, texts, faults };
}

const tooShort = `is too short: at least ${selfMadeLengthMin} characters, such as openssl rand -hex 32 gives`;

/** Also one place of a rotation is a way in. */
function isGuessable(text: string): boolean {
  return text.split(',').some((part) => part.trim().length < selfMadeLengthMin);
}

type FoundText = { kind: 'unset' } | { kind: 'set'; text: string } | { kind: 'fault'; fault: string };

function findText(env: Environment, input: ConfigDeps & { name: string }): FoundText {
  const fileName = `${input.name}_FILE`;
  const [given, path] = [env[input.name], env[fileName]].map((text) => text?.trim() ?? '');
  if (given && path) return { kind: 'fault', fault: `${input.name} and ${fileName} are both set: keep one` };
  if (!path) return given ? checkText(input.name, given) : { kind: 'unset' };
  const where = readPath(path);
  if ('fault' in where) return { kind: 'fault', fault: `${fileName} ${where.fault}` };
  try {
    const content = input.readFile(where.path).trim();
    if (content === '') return { kind: 'fault', fault: `${fileName} names a file that is empty` };
    return checkText(`${fileName} names a file that`, content);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    const why = error instanceof UnreadableText ? error.message : `cannot be read${code}`;
    return { kind: 'fault', fault: `${fileName} names a file that ${why}` };
  }
}

/** Refuses what was spoilt on its way here: no setting has quotes around it, or characters that nobody sees. */
function checkText(subject: string, text: string): FoundText {
  const fault = isQuoted(text) ? 'is in quotes, which nothing has removed: leave them out' : findUnseen(text);
  return fault === undefined ? { kind: 'set', text } : { kind: 'fault', fault: `${subject} ${fault}` };
}

/** Names that begin with a byte order mark or the like: a tool other than ours has read a file from Windows. */
function findSpoiltNames(env: Environment): string[] {
  return Object.keys(env).flatMap((name) => {
    const meant = name.replaceAll(/[^\w]/g, '');
    if (meant === name || !Object.hasOwn(settings, meant.replace(/_FILE$/, ''))) return [];
    return [
      `${meant} has a character in its name that cannot be seen: save the file it comes from as UTF-8 without BOM`,
    ];
  });
}

/** Every text that must not be shown: each secret setting, each of its comma-separated parts, and PostgreSQL's password. */
export function listSecrets({ texts, values }: SettingsReading): string[] {
  const secret = [...texts].filter(([name]) => settings[name]?.isSecret).map(([, text]) => text);
  const parts = secret.flatMap((text) => [text, ...text.split(',').map((part) => part.trim())]);
  const database = values.DATABASE_URL;
  const password = database?.engine === 'postgres' ? (URL.parse(database.url)?.password ?? '') : '';
  const candidates = [...parts, password, decodeQuietly(password)];
  return [...new Set(candidates)].filter((text) => text !== '' && !text.startsWith('file:'));
}

function decodeQuietly(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
