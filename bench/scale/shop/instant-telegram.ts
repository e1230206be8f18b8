// A Telegram that answers at once, in this process: what is measured is the bot and not a network. Must be imported before the
// product, whose library takes its HTTP client when it is loaded.
import { registerHooks } from 'node:module';
import { createNodeFetch } from '#test/simulation/machine/http-clients.ts';
import type { HttpAnswer, HttpRequest } from '#test/simulation/machine/network.ts';

export interface SentText {
  /** Empty for a file. */
  text: string;
}

const sentByToken = new Map<string, SentText[]>();
let messages = 0;

const standIn = import.meta.resolve('../../../test/simulation/machine/stand-ins/node-fetch.cjs');
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === 'node-fetch' ? { url: standIn, shortCircuit: true } : nextResolve(specifier, context),
});
Object.assign(globalThis, { simulatedNodeFetch: createNodeFetch(async (request) => answer(request)) });

/** What the bot of this token has sent or edited since it was last asked. */
export function takeSent(token: string): SentText[] {
  const sent = sentByToken.get(token) ?? [];
  sentByToken.set(token, []);
  return sent;
}

function answer({ url, body }: HttpRequest): HttpAnswer {
  const [, token = '', method = ''] = /\/bot([^/]+)\/(\w+)$/.exec(url) ?? [];
  const isMessage = /^(send(Message|Photo|Document|MediaGroup)|editMessage\w+)$/.test(method);
  const given = typeof body === 'string' && body.startsWith('{') ? (JSON.parse(body) as { text?: string }) : {};
  if (isMessage) {
    const sent = sentByToken.get(token) ?? [];
    sentByToken.set(token, sent);
    sent.push({ text: given.text ?? '' });
    messages += 1;
  }
  const result = isMessage ? { message_id: messages, date: 0, chat: { id: 42, type: 'private' } } : true;
  const text = JSON.stringify({ ok: true, result });
  return { status: 200, headers: new Headers(), body: new TextEncoder().encode(text) };
}
