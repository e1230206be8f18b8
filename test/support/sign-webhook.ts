// A webhook as the provider itself would sign it, with any secret, body and time.
import type { ProviderName } from '#kernel/provider-name.ts';
import { simulators } from '#sandbox/providers/registry.ts';

export interface Delivery {
  headers: Record<string, string>;
  body: string;
}

export function sign(provider: ProviderName, input: Delivery & { now: number; secret: string }): Delivery {
  const { body, secret, now: nowMs } = input;
  const { signing } = simulators[provider];
  const headers = without(input.headers, signing.header);
  return { headers: { ...headers, [signing.header]: signing.sign({ secret, nowMs, headers, body }) }, body };
}

export function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}
