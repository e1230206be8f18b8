import { randomInt } from 'node:crypto';
import { badRequest } from './api-error.ts';

export interface CallbackAnswer {
  readonly text?: string;
  readonly showAlert?: boolean;
  readonly url?: string;
}

/** Taps that wait for their bot's answer. Each may be answered once, and only for a while. */
export interface Callbacks {
  open(botId: number): { id: string; answered: Promise<CallbackAnswer> };
  /** Throws what Telegram says of a query that is unknown, answered already, or too old. */
  answer(botId: number, queryId: string, answer: CallbackAnswer): void;
}

export function createCallbacks(options: { now: () => number; ttlSeconds: number }): Callbacks {
  const waiting = new Map<string, { botId: number; at: number; resolve: (answer: CallbackAnswer) => void }>();
  const isOver = (at: number) => options.now() - at > options.ttlSeconds * 1000;

  return {
    open(botId) {
      for (const [id, query] of waiting) if (isOver(query.at)) waiting.delete(id);
      const id = `${randomInt(1, 2 ** 47)}${randomInt(10_000, 99_999)}`;
      const { promise, resolve } = Promise.withResolvers<CallbackAnswer>();
      waiting.set(id, { botId, at: options.now(), resolve });
      return { id, answered: promise };
    },
    answer(botId, queryId, answer) {
      const query = waiting.get(queryId);
      if (!query || query.botId !== botId || isOver(query.at)) {
        throw badRequest('query is too old and response timeout expired or query ID is invalid');
      }
      waiting.delete(queryId);
      query.resolve(answer);
    },
  };
}
