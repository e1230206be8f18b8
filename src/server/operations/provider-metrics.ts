import { Counter, Gauge, type Registry } from 'prom-client';

/** What is wrong with one provider at this moment; all of it zero or false when nothing is. */
export interface ProviderTrouble {
  provider: string;
  blindSeconds: number;
  isRetired: boolean;
  isSilent: boolean;
  quarantined: number;
}

export function createTroubleMetrics(register: Registry) {
  const labelNames = ['provider'] as const;
  const registers = [register];
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers });
  const outages = new Counter({
    name: 'tillkeeper_provider_outages_total',
    help: 'Outages of providers that began since the start of the process.',
    labelNames,
    registers,
  });
  const blind = gauge(
    'tillkeeper_provider_blind_seconds',
    'For how long nothing has been heard of the payments at the provider; 0 while all is well.',
  );
  const retired = gauge('tillkeeper_provider_retired', '1 while the provider is taken for gone and is not asked.');
  const silent = gauge('tillkeeper_webhooks_silent', '1 while webhooks that should come do not.');
  const quarantined = gauge('tillkeeper_quarantined_webhooks', 'Refused webhooks that are kept.');
  return {
    countOutage: (provider: string) => outages.inc({ provider }),
    setProviderTrouble({ provider, ...trouble }: ProviderTrouble) {
      blind.set({ provider }, trouble.blindSeconds);
      retired.set({ provider }, trouble.isRetired ? 1 : 0);
      silent.set({ provider }, trouble.isSilent ? 1 : 0);
      quarantined.set({ provider }, trouble.quarantined);
    },
  };
}
