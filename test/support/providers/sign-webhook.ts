// A webhook as the provider itself would sign it, with any secret, body and time.
import type { ProviderName } from '#kernel/provider-name.ts';
import { simulators } from '#sandbox/providers/registry.ts';

export interface Delivery {
  headers: Record<string, string>;
  body: string;
}

export function sign(provider: ProviderName, input: Delivery & { now: number; secret: string }): Delivery {
  const { body, secret, now: nowMs } = input;
  const unsigned = withSignature(provider, input, undefined);
  const signature = simulators[provider].signing.sign({ secret, nowMs, headers: unsigned.headers, body });
  return withSignature(provider, input, signature);
}

/** The same delivery under another signature, or under none; one in the body of what is no JSON stays as it is. */
export function withSignature(provider: ProviderName, delivery: Delivery, signature: string | undefined): Delivery {
  const { header, field = '' } = simulators[provider].signing;
  const { headers, body } = delivery;
  if (header === null) return { headers, body: withField(body, { field, signature }) };
  const others = without(headers, header);
  return { headers: signature === undefined ? others : { ...others, [header]: signature }, body };
}

export function signatureOf(provider: ProviderName, { headers, body }: Delivery): string | undefined {
  const { header, field = '' } = simulators[provider].signing;
  return header === null ? (JSON.parse(body) as Record<string, string>)[field] : headers[header];
}

/** Where the signature stands, of a provider that has a header for it. */
export function signatureHeader(provider: ProviderName): string {
  const { header } = simulators[provider].signing;
  if (header === null) throw new Error(`${provider} signs in the body`);
  return header;
}

function withField(body: string, { field, signature }: { field: string; signature: string | undefined }): string {
  try {
    // `undefined` leaves the field out.
    return JSON.stringify({ ...(JSON.parse(body) as object), [field]: signature });
  } catch {
    return body;
  }
}

export function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}
