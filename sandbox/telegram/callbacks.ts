import { type RandomBytes, randomInteger } from '../kit/random.ts';
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

export interface CallbacksOptions {
  readonly now: () => number;
  readonly ttlSeconds: number;
  readonly random: RandomBytes;
}

export function createCallbacks(options: CallbacksOptions): Callbacks {
  const waiting = new Map<string, { botId: number; at: number; resolve: (answer: CallbackAnswer) => void }>();
  const number = (range: { min: number; max: number }) => randomInteger(options.random, range);
  const isOver = (at: number) => options.now() - at > options.ttlSeconds * 1000;

  return {
    open(botId) {
      for (const [id, query] of waiting) if (isOver(query.at)) waiting.delete(id);
      const id = `${number({ min: 1, max: 2 ** 47 - 1 })}${number({ min: 10_000, max: 99_998 })}`;
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
