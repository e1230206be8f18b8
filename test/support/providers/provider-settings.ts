import { loadConfig, type ProvidersConfig } from '#config/load-config.ts';

const product = { TELEGRAM_BOT_TOKEN: '1:a', OWNER_IDS: '1' };

/** What the product makes of a sandbox's environment, with the settings that a test has differently. */
export function providerSettings(environment: Readonly<Record<string, string>>): {
  providers: ProvidersConfig;
  publicUrl: string | null;
} {
  const loaded = loadConfig({ ...product, ...environment }, { readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
  return { providers: loaded.config.providers, publicUrl: loaded.config.http.publicUrl };
}
