import { defineScreen } from '../../kit/screen.ts';
import { confirmDiscard, onDeadButton, onDeadListButton, runDeadLetters } from './dead-letters.ts';
import { confirmReplay, runReplay } from './replay.ts';
import { onStatsButton, runStats } from './stats.ts';

export const operationsScreen = defineScreen({
  commands: [
    {
      command: 'deadletters',
      usage: '',
      description: 'what was given up on',
      section: 'When something is wrong',
      permission: 'dead_letters.read',
      run: runDeadLetters,
    },
    {
      command: 'replay',
      usage: 'EVENT_ID | PROVIDER FROM TO',
      description: 'stored webhooks once more',
      section: 'When something is wrong',
      permission: 'webhooks.replay',
      run: runReplay,
    },
    {
      command: 'stats',
      usage: '[7d|30d|90d]',
      description: 'orders and sums',
      section: 'Reports',
      permission: 'reports.read',
      run: runStats,
    },
  ],
  buttons: {
    dead_list: { permission: 'dead_letters.read', run: onDeadListButton },
    dead: {
      permission: { show: 'dead_letters.read', redrive: 'dead_letters.settle', discard: 'dead_letters.settle' },
      run: onDeadButton,
    },
    stats: { permission: 'reports.read', run: onStatsButton },
  },
  confirmations: {
    'dead_letter.discard': { permission: 'dead_letters.settle', carryOut: confirmDiscard },
    'events.replay': { permission: 'webhooks.replay', carryOut: confirmReplay },
  },
});
