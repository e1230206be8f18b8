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

/** Failures by chance, of every method alike. */
export interface Failures {
  /** Share of calls that fail, 0 to 1. */
  readonly rate: number;
  /** What those failures are; each is as likely as the others. Default: all that need no words of their own. */
  readonly kinds?: readonly Fault['kind'][];
  /** Share of those failures, but for `flood` and `refuse`, that come after the call took effect; default 0.5. */
  readonly afterEffectShare?: number;
  /** For `flood`; default 1. */
  readonly retryAfterSeconds?: number;
}

const kindsByChance: readonly Fault['kind'][] = ['flood', 'error_500', 'reset', 'timeout'];
const afterEffectShareDefault = 0.5;

export interface Faults {
  add(fault: Fault): void;
  /** What happens by chance from now on, beside the faults that were added. */
  setFailures(failures: Failures): void;
  /** The fault this call meets, counted down; undefined when it may pass. */
  next(call: { bot: string; method: string; chatId: number | undefined }): Fault | undefined;
  /** Forgets all of them. */
  clear(): void;
}

/** `chance` gives numbers from 0 to 1, 1 excluded. */
export function createFaults(chance: () => number): Faults {
  let queue: { fault: Fault; left: number }[] = [];
  let failures: Failures = { rate: 0 };
  return {
    setFailures: (next) => {
      failures = next;
    },
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
      if (!met) return byChance(failures, chance);
      met.left -= 1;
      queue = queue.filter((entry) => entry.left > 0);
      return met.fault;
    },
    clear: () => {
      queue = [];
      failures = { rate: 0 };
    },
  };
}

function byChance(failures: Failures, chance: () => number): Fault | undefined {
  const { rate, kinds = kindsByChance, afterEffectShare = afterEffectShareDefault, ...rest } = failures;
  if (rate <= 0 || chance() >= rate) return undefined;
  const kind = kinds[Math.floor(chance() * kinds.length)];
  if (kind === undefined) return undefined;
  const isAfter = chance() < afterEffectShare && kind !== 'flood' && kind !== 'refuse';
  return { ...rest, kind, times: 1, afterEffect: isAfter };
}
