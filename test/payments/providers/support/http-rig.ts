// Calls of a provider's client to a server that answers by a script.
import { expect } from 'vitest';
import { z } from 'zod';
import { createHttpClient } from '#network/pooled-client.ts';
import type { DecommissionedProviders } from '#payments/ports/decommissioned-providers.ts';
import type { ProviderError } from '#payments/ports/provider-errors.ts';
import { createProviderHttp, type HttpCall, type ProviderCall } from '#payments/providers/http/client.ts';
import { connectionsToProviders, defaultHttpPolicy, type HttpPolicy } from '#payments/providers/http/policy.ts';
import { type Answer, json, recordingLog, scriptedServer, seededRandom, testClock } from './scripted-server.ts';

export const secret = 'very-secret-token-123';
const schema = z.object({ id: z.string() });
export const good = json(200, { id: 'a' });

// A busy machine may take any time to answer. So no deadline runs by the wall clock: one is over when the script says so.
let lastDeadline: AbortController | undefined;
function scriptedDeadline(): AbortSignal {
  lastDeadline = new AbortController();
  return lastDeadline.signal;
}

/** The request has come, no answer goes out, and the time for it is over. */
export const timesOut: Answer = () => {
  if (lastDeadline === undefined) throw new Error('nobody waits for an answer');
  lastDeadline.abort(new DOMException('the time is over', 'TimeoutError'));
};

export async function openCalls(
  script: Answer[],
  { hasRealDeadlines = false, ...policy }: Partial<HttpPolicy> & { hasRealDeadlines?: boolean } = {},
  decommissioned?: DecommissionedProviders,
) {
  const server = await scriptedServer(...script);
  const clock = { ...testClock(), ...(!hasRealDeadlines && { deadline: scriptedDeadline }) };
  const log = recordingLog();
  const calls: ProviderCall[] = [];
  const http = createProviderHttp(
    {
      clock,
      httpClient: createHttpClient(connectionsToProviders),
      log,
      random: seededRandom(),
      policy: { ...defaultHttpPolicy, ...policy },
      onCall: (call) => calls.push(call),
      decommissioned,
    },
    {
      provider: 'bitpay',
      secrets: [secret],
      findError: (body) => {
        const parsed = z.object({ code: z.string().nullish(), error: z.string() }).safeParse(body);
        return parsed.success ? { code: parsed.data.code ?? null, message: parsed.data.error } : undefined;
      },
    },
  );
  const call = (
    about: Partial<Pick<HttpCall<unknown>, 'isRepeatable' | 'expectsNothing' | 'signal' | 'body' | 'schema'>> = {},
  ) =>
    http.call<unknown>({
      operation: 'fetch_payment',
      method: about.body === undefined ? 'GET' : 'POST',
      url: `${server.url}/path?token=${secret}`,
      headers: () => ({ Authorization: `Bearer ${secret}` }),
      isRepeatable: true,
      schema,
      ...about,
    });
  return { server, clock, log, calls, http, call, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

export async function failureOf(promise: Promise<unknown>): Promise<ProviderError> {
  return promise.then(
    () => expect.unreachable('the call succeeded'),
    (error: unknown) => error as ProviderError,
  );
}
