export interface Fault {
  /** User name of the bot; every bot when left out. */
  readonly bot?: string;
  /** Every method but `getUpdates` when left out. */
  readonly method?: string;
  /** Calls that name this chat; every call when left out. */
  readonly chatId?: number;
  readonly times: number;
  /**
   * `flood` answers 429, `error_500` answers 500, `refuse` answers what `refusal` says, `reset` cuts the connection,
   * `timeout` never answers (until the client gives up or the sandbox stops).
   */
  readonly kind: 'flood' | 'error_500' | 'refuse' | 'reset' | 'timeout';
  /** For `refuse`, in the Bot API's words: `{ code: 400, description: 'Bad Request: TOPIC_CLOSED' }`. */
  readonly refusal?: { readonly code: number; readonly description: string };
  /** For `flood`; default 1. */
  readonly retryAfterSeconds?: number;
  /** The call takes effect before it fails, as when only the answer is lost; default false. */
  readonly afterEffect?: boolean;
}

export interface Faults {
  add(fault: Fault): void;
  /** The fault this call meets, counted down; undefined when it may pass. */
  next(call: { bot: string; method: string; chatId: number | undefined }): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let queue: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      queue.push({ fault, left: fault.times });
    },
    next(call) {
      const method = call.method.toLowerCase();
      const met = queue.find(({ fault }) => {
        if (fault.bot !== undefined && fault.bot !== call.bot) return false;
        if (fault.chatId !== undefined && fault.chatId !== call.chatId) return false;
        return fault.method === undefined ? method !== 'getupdates' : fault.method.toLowerCase() === method;
      });
      if (!met) return undefined;
      met.left -= 1;
      queue = queue.filter((entry) => entry.left > 0);
      return met.fault;
    },
    clear: () => {
      queue = [];
    },
  };
}
