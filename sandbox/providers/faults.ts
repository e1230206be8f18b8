import {
  type ApiCall,
  type FaultControls,
  type FaultKind,
  type FaultSettings,
  faultKinds,
  lateFaultKinds,
} from './contract.ts';

const noFaults: FaultSettings = {
  outage: false,
  refuseWith: 0,
  failRate: 0,
  failKinds: faultKinds,
  lateMs: 60_000,
  retryAfterSeconds: 1,
  dropWebhooks: 0,
  duplicateWebhooks: 0,
  delayWebhooksMs: 0,
  reorderWebhooks: false,
};

/** Whether such a call is executed, and only after the client has given up on it. */
export function isLate(kind: ApiCall['fault']): boolean {
  return lateFaultKinds.some((late) => late === kind);
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface FaultSource {
  readonly controls: FaultControls;
  /** What is to go wrong with the API call at hand. */
  nextApiFault(call: { method: string }): ApiCall['fault'];
  /** How many copies of a webhook are to leave: 0 if it is lost. */
  webhookCopies(): number;
}

export function createFaults(random: Random): FaultSource {
  const scripted: FaultKind[] = [];
  const scriptedForCommands: FaultKind[] = [];
  const controls: FaultControls = {
    ...noFaults,
    set(change) {
      Object.assign(controls, change);
    },
    get: () => pickSettings(controls),
    reset() {
      scripted.length = 0;
      scriptedForCommands.length = 0;
      Object.assign(controls, noFaults);
    },
    failNext(...kinds) {
      scripted.push(...kinds);
    },
    failNextCommand(...kinds) {
      scriptedForCommands.push(...kinds);
    },
  };
  return {
    controls,
    nextApiFault({ method }) {
      if (controls.outage) return 'outage';
      if (controls.refuseWith > 0) return 'refusal';
      const next = scripted.shift() ?? (method === 'GET' ? undefined : scriptedForCommands.shift());
      if (next !== undefined) return next;
      if (controls.failRate <= 0 || random() >= controls.failRate) return undefined;
      return controls.failKinds[Math.floor(random() * controls.failKinds.length)];
    },
    webhookCopies() {
      if (controls.dropWebhooks > 0 && random() < controls.dropWebhooks) return 0;
      return 1 + controls.duplicateWebhooks;
    },
  };
}

function pickSettings(controls: FaultControls): FaultSettings {
  const { set: _set, get: _get, reset: _reset, failNext: _failNext, failNextCommand: _command, ...settings } = controls;
  return settings;
}
