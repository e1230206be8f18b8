import type { ProviderName } from '#kernel/provider-name.ts';
import type { SalesChannel } from '#payments/ports/sales-channel.ts';
import type { AdminEnv } from '../../kit/env.ts';

export interface Channel {
  name: ProviderName;
  sales: SalesChannel;
}

/** The shops of their own that are set up, in the order of the catalogue. */
export function listChannels({ providers }: Pick<AdminEnv, 'providers'>): Channel[] {
  return providers.list().flatMap(({ name, sales }) => (sales === undefined ? [] : [{ name, sales }]));
}

export function channelNames(env: Pick<AdminEnv, 'providers'>): ProviderName[] {
  return listChannels(env).map(({ name }) => name);
}
