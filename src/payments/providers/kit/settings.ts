// What a setting of the environment is, and how a provider declares its own; `src/config` collects them all.
import type { z } from 'zod';

export interface Setting<Value = unknown> {
  schema: z.ZodType<Value, string>;
  /** What it is when it is unset, as it would be written; null when there is none. */
  fallback: string | null;
  /** What the value counts or is; null for plain words. */
  unit: string | null;
  /** Its value is never printed, and is redacted from every log line. */
  isSecret: boolean;
  /** A secret that admins make up themselves, and that may therefore be weak. */
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

/** The settings of one provider, and what its adapter makes of them. */
export interface SettingsDeclaration<Settings> {
  /** Every setting by its name, in the order of `.env.example`. */
  readonly all: SettingGroup;
  /**
   * Null for a provider that is off: none of its settings is given. One that is set up in part adds a fault for each
   * setting that is missing; what comes back is of no use then.
   */
  read(reading: Reading): Settings | null;
}

type NoSettings = Readonly<Record<never, Setting>>;

interface DeclaredSettings<Needed, Together, Optional, Settings> {
  /** What the provider is called in the line that says what is missing. */
  title: string;
  /** The provider is on with all of them. */
  needed: Needed;
  /** All of them or none: they switch on what the provider does beside the rest. */
  together?: { title: string; settings: Together };
  /** Each has a default. */
  optional?: Optional;
  toSettings(values: ValuesOf<Needed & Optional>, together: ValuesOf<Together> | null): Settings;
}

export function declareSettings<
  Settings,
  Needed extends SettingGroup,
  Together extends SettingGroup = NoSettings,
  Optional extends SettingGroup = NoSettings,
>(declared: DeclaredSettings<Needed, Together, Optional, Settings>): SettingsDeclaration<Settings> {
  const { title, together, toSettings } = declared;
  const needed = Object.keys(declared.needed);
  const both = Object.keys(together?.settings ?? {});
  const optional = [...both, ...Object.keys(declared.optional ?? {})];
  return {
    all: { ...declared.needed, ...together?.settings, ...declared.optional },
    read(reading) {
      if (!isOn(reading, { title, needed, optional })) return null;
      // Each value was read by the schema of its name; one that is missing has its fault, and is never used.
      const values = reading.values as ValuesOf<Needed & Optional & Together>;
      const hasBoth = together !== undefined && isOn(reading, { title: together.title, needed: both, optional: [] });
      return toSettings(values, hasBoth ? values : null);
    },
  };
}

/** A provider's setting cannot be used; the message names the setting and never its value. */
export class ProviderSettingInvalid extends Error {
  override readonly name = 'ProviderSettingInvalid';
}

/** Of a secret that is being rotated the first is sent, and all of them verify. */
export function firstOf(values: readonly string[], setting: string): string {
  const [first] = values;
  if (first === undefined || first === '') throw new ProviderSettingInvalid(`${setting} is empty`);
  return first;
}
