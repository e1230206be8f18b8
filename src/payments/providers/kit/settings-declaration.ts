import { isOn, type Reading, type Setting, type SettingGroup, type ValuesOf } from '#kernel/settings.ts';

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
