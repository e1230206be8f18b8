import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Milliseconds } from '#kernel/clock.ts';

/** One provider at this moment; all of it zero or false when nothing is wrong. */
export interface ProviderState {
  provider: string;
  unavailableSeconds: number;
  isDecommissioned: boolean;
  isSilent: boolean;
  quarantined: number;
}

export interface ProviderMetrics {
  observeProviderCall(call: { provider: string; operation: string; outcome: string; durationMs: Milliseconds }): void;
  countOutage(provider: string): void;
  setProviderUp(state: { provider: string; isUp: boolean }): void;
  setProviderState(state: ProviderState): void;
}

/** From a local call to the longest time-out of a call to a provider. */
const callBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createProviderMetrics(register: Registry): ProviderMetrics {
  const labelNames = ['provider'] as const;
  const registers = [register];
  const calls = new Counter({
    name: 'tillkeeper_provider_calls_total',
    help: 'Calls to providers by operation and outcome; every attempt counts.',
    labelNames: ['provider', 'operation', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'tillkeeper_provider_call_duration_seconds',
    help: 'How long calls to providers took.',
    labelNames: ['provider', 'operation'],
    buckets: callBuckets,
    registers,
  });
  const outages = new Counter({
    name: 'tillkeeper_provider_outages_total',
    help: 'Outages of providers that began since the start of the process.',
    labelNames,
    registers,
  });
  const up = new Gauge({
    name: 'tillkeeper_provider_up',
    help: '1 while calls to the provider are made, 0 while its breaker is open.',
    labelNames,
    registers,
  });
  return {
    observeProviderCall({ provider, operation, outcome, durationMs }) {
      calls.inc({ provider, operation, outcome });
      durations.observe({ provider, operation }, durationMs / 1_000);
    },
    countOutage: (provider) => outages.inc({ provider }),
    setProviderUp: ({ provider, isUp }) => up.set({ provider }, isUp ? 1 : 0),
    setProviderState: createStateGauges(register),
  };
}

function createStateGauges(register: Registry): (state: ProviderState) => void {
  const gauge = (name: string, help: string) => {
    return new Gauge({ name, help, labelNames: ['provider'], registers: [register] });
  };
  const unavailable = gauge(
    'tillkeeper_provider_unavailable_seconds',
    'For how long payments at the provider could not be fetched; 0 while they can.',
  );
  const decommissioned = gauge(
    'tillkeeper_provider_decommissioned',
    '1 while the provider is taken to be decommissioned and is called once a day only.',
  );
  const silent = gauge('tillkeeper_webhooks_silent', '1 while webhooks that are expected do not come.');
  const quarantined = gauge('tillkeeper_quarantined_webhooks', 'Refused webhooks that are kept.');
  return ({ provider, ...state }) => {
    unavailable.set({ provider }, state.unavailableSeconds);
    decommissioned.set({ provider }, state.isDecommissioned ? 1 : 0);
    silent.set({ provider }, state.isSilent ? 1 : 0);
    quarantined.set({ provider }, state.quarantined);
  };
}
