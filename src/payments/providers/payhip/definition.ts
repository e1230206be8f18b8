import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { withoutSlash } from '../kit/web-address.ts';
import { findPayhipError } from './client.ts';
import { createPayhipProvider, type PayhipSettings } from './payhip-provider.ts';

export const payhip: ProviderDefinition<PayhipSettings> = {
  name: 'payhip',
  create: (tools, settings) => createPayhipProvider(tools, { ...settings, apiUrl: withoutSlash(settings.apiUrl) }),
  secretsOf: ({ apiKeys, pathSecrets }) => [...apiKeys, ...pathSecrets],
  findError: findPayhipError,
  dashboardUrlOf: () => null,
};
