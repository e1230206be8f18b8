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
  duplicateWebhooksRate: 1,
  delayWebhooksMs: 0,
  delayWebhooksRate: 1,
  delayWebhooksSpread: 0,
  reorderWebhooks: false,
  reorderWebhooksRate: 1,
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

export interface WebhookCopy {
  readonly delayMs: number;
  /** Held back for reordering. */
  readonly isHeld: boolean;
}

export interface FaultSource {
  readonly controls: FaultControls;
  /** What is to go wrong with the API call at hand. */
  nextApiFault(call: { method: string }): ApiCall['fault'];
  /** The copies of a webhook that are to leave: none if it is lost. */
  webhookCopies(): WebhookCopy[];
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
  // A share of all needs no chance: what is drawn besides stays the same.
  const hits = (share: number) => share >= 1 || random() < share;
  const delayMs = () => {
    const { delayWebhooksMs, delayWebhooksSpread } = controls;
    if (delayWebhooksSpread <= 0) return delayWebhooksMs;
    return Math.round(delayWebhooksMs * (1 - delayWebhooksSpread * random()));
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
      if (controls.dropWebhooks > 0 && random() < controls.dropWebhooks) return [];
      const isRepeated = controls.duplicateWebhooks > 0 && hits(controls.duplicateWebhooksRate);
      return Array.from({ length: isRepeated ? 1 + controls.duplicateWebhooks : 1 }, () => {
        const isLate = controls.delayWebhooksMs > 0 && hits(controls.delayWebhooksRate);
        const isHeld = controls.reorderWebhooks && hits(controls.reorderWebhooksRate);
        return { delayMs: isLate ? delayMs() : 0, isHeld };
      });
    },
  };
}

function pickSettings(controls: FaultControls): FaultSettings {
  const { set: _set, get: _get, reset: _reset, failNext: _failNext, failNextCommand: _command, ...settings } = controls;
  return settings;
}
