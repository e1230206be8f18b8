import { defineScreen } from '../../kit/screen.ts';
import { confirmExit } from './exit.ts';
import { onHealthButton, onSetUpButton, runHealth } from './health.ts';
import { onProviderButton, onProvidersButton, runProviders } from './providers.ts';
import { onReconcileButton, runReconcile } from './reconcile.ts';

export const providersScreen = defineScreen({
  commands: [
    {
      command: 'reconcile',
      usage: '[PROVIDER]',
      description: 'compare books',
      section: 'When something is wrong',
      permission: 'reconciliation.run',
      run: runReconcile,
    },
    {
      command: 'providers',
      usage: '[exit NAME]',
      description: 'how each provider is doing',
      section: 'Reports',
      permission: 'providers.read',
      run: runProviders,
    },
    {
      command: 'health',
      usage: '',
      description: 'checks, jobs and queues',
      section: 'Reports',
      permission: 'health.read',
      run: runHealth,
    },
  ],
  buttons: {
    reconcile: { permission: 'reconciliation.run', run: onReconcileButton },
    providers: { permission: 'providers.read', run: onProvidersButton },
    provider: { permission: { ask: 'providers.probe', quarantine: 'providers.probe' }, run: onProviderButton },
    health: { permission: 'health.read', run: onHealthButton },
    set_up: { permission: 'health.read', run: onSetUpButton },
  },
  confirmations: { 'provider.exit': { permission: 'providers.export', carryOut: confirmExit } },
});
