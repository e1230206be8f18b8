// The environment's texts, each parsed by its own rule; what a side needs as a whole is asked for by `isOn` and `requireAll`.
import { type SettingName, type SettingValues, settingNames, settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export interface ConfigDeps {
  /** Reads the file that `NAME_FILE` names, as text; throws when it cannot. */
  readFile(path: string): string;
}

export interface Reading {
  values: SettingValues;
  /** Which were given, right or wrong. */
  given: Set<SettingName>;
  texts: Map<SettingName, string>;
  faults: string[];
}

export function readSettings(env: Environment, deps: ConfigDeps & { names: readonly SettingName[] }): Reading {
  const reading: Reading = { values: {}, given: new Set(), texts: new Map(), faults: [] };
  const values: Partial<Record<SettingName, unknown>> = reading.values;
  for (const name of deps.names) {
    const found = readText(env, { name, readFile: deps.readFile });
    if (found.kind !== 'unset') reading.given.add(name);
    if (found.kind === 'fault') {
      reading.faults.push(found.fault);
      continue;
    }
    const text = found.kind === 'set' ? found.text : settings[name].fallback;
    if (text === null) continue;
    reading.texts.set(name, text);
    const parsed = settings[name].schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else reading.faults.push(`${name} ${parsed.error.issues[0]?.message ?? 'is wrong'}`);
  }
  return reading;
}

type FoundText = { kind: 'unset' } | { kind: 'set'; text: string } | { kind: 'fault'; fault: string };

function readText(env: Environment, input: ConfigDeps & { name: string }): FoundText {
  const text = env[input.name]?.trim() ?? '';
  const fileName = `${input.name}_FILE`;
  const path = env[fileName]?.trim() ?? '';
  if (text !== '' && path !== '')
    return { kind: 'fault', fault: `${input.name} and ${fileName} are both set: keep one` };
  if (path === '') return text === '' ? { kind: 'unset' } : { kind: 'set', text };
  try {
    const content = input.readFile(path).trim();
    return content === ''
      ? { kind: 'fault', fault: `${fileName} names a file that is empty` }
      : { kind: 'set', text: content };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return { kind: 'fault', fault: `${fileName} names a file that cannot be read${code}` };
  }
}

/** On when anything of it is given; what is then missing is a fault each. */
export function isOn(
  reading: Reading,
  side: { title: string; needed: readonly SettingName[]; optional: readonly SettingName[] },
): boolean {
  const present = [...side.needed, ...side.optional].find((name) => reading.given.has(name));
  if (present === undefined) return false;
  requireAll(reading, {
    names: side.needed,
    because: `is missing: ${side.title} is set up in part (${present} is set)`,
  });
  return true;
}

export function requireAll(reading: Reading, input: { names: readonly SettingName[]; because: string }): void {
  for (const name of input.names) if (!reading.given.has(name)) reading.faults.push(`${name} ${input.because}`);
}

/** What is missing has its fault already, and a Config with a fault never leaves `loadConfig`. */
export function need<Value>(value: Value | undefined): Value {
  return value as Value;
}

/** Every text that must not be shown: each secret setting as a whole and in its parts, and the password of PostgreSQL. */
export function listSecrets(reading: Reading): string[] {
  const texts = settingNames.filter((name) => settings[name].isSecret).map((name) => reading.texts.get(name) ?? '');
  const parts = texts.flatMap((text) => [text, ...text.split(',').map((part) => part.trim())]);
  const database = reading.values.DATABASE_URL;
  const password = database?.kind === 'postgres' ? (URL.parse(database.url)?.password ?? '') : '';
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
