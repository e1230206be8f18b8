import type { Clock } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentProvider } from '../../ports/payment-provider.ts';
import type { ProviderHttp, ProviderHttpOptions } from '../http/client.ts';
import type { HttpPolicy } from '../http/policy.ts';
import type { SettingsDeclaration } from './settings.ts';

/** What every adapter works with; `http` is the only way out. */
export interface ProviderTools {
  http: ProviderHttp;
  clock: Clock;
  random: Random;
  policy: HttpPolicy;
}

/** What is the same for all providers. */
export interface SharedSettings {
  /** Where this program is reached from outside, without a slash at the end; null when it is not. */
  publicUrl: string | null;
}

/** What the folder of a provider exports to the registry. */
export interface ProviderDefinition<Settings> {
  readonly name: ProviderName;
  readonly settings: SettingsDeclaration<Settings>;
  create(tools: ProviderTools, settings: Settings, shared: SharedSettings): PaymentProvider;
  /** Every value, of the settings or derived from them, that must never be in a message. */
  secretsOf(settings: Settings): readonly string[];
  /** Finds the provider's own error in a body; called with every answer. */
  readonly findError: ProviderHttpOptions['findError'];
  /** Address of the provider's own page of a payment up to the reference; null when it has none. */
  dashboardUrlOf(settings: Settings): string | null;
}
