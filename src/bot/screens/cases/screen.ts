import { defineScreen } from '../../kit/screen.ts';
import { restoreId } from '../../text/callback-fields.ts';
import { onAlertButton, onAlertViewButton } from './alert-card.ts';
import { onAlertGroupButton } from './alert-group-buttons.ts';
import { onCaseAgesButton } from './case-ages.ts';
import {
  askForResolution,
  confirmResolve,
  drawPlainCase,
  onCaseButton,
  onResolveButton,
  openCase,
} from './case-card.ts';
import {
  onCaseKindsButton,
  onCasesButton,
  openExceptions,
  readExceptionsWord,
  runAlerts,
  runExceptions,
} from './case-list.ts';

export const casesScreen = defineScreen({
  commands: [
    {
      command: 'alerts',
      usage: '',
      description: 'what needs a human',
      section: 'When something is wrong',
      permission: 'cases.read',
      run: runAlerts,
    },
    {
      command: 'exceptions',
      usage: '',
      description: 'what has to be decided, by age',
      section: 'When something is wrong',
      permission: 'cases.read',
      run: runExceptions,
    },
  ],
  buttons: {
    alerts: { permission: 'cases.read', run: onCasesButton },
    alert_view: { permission: 'cases.read', run: onAlertViewButton },
    alert_group: {
      permission: { ack: 'cases.handle', snooze: 'cases.handle', list: 'cases.read' },
      run: onAlertGroupButton,
    },
    alert: {
      permission: {
        ack: 'cases.handle',
        snooze: 'cases.handle',
        open: 'orders.read',
        resolve: 'cases.read',
        list: 'cases.read',
        check: 'orders.check',
        link: 'orders.create',
        paid: 'orders.override',
        refund: 'refunds.request',
        ask: 'providers.probe',
        quarantine: 'providers.probe',
      },
      run: onAlertButton,
    },
    exceptions: { permission: 'cases.read', run: onCasesButton },
    exception_kinds: { permission: 'cases.read', run: onCaseKindsButton },
    exception_ages: { permission: 'cases.read', run: onCaseAgesButton },
    exception: {
      permission: {
        show: 'cases.read',
        take: 'cases.handle',
        give: 'cases.handle',
        check: 'orders.check',
        undo: 'cases.resolve',
      },
      run: onCaseButton,
    },
    resolve: { permission: 'cases.resolve', run: onResolveButton },
  },
  confirmations: { 'case.resolve': { permission: 'cases.resolve', carryOut: confirmResolve } },
  openers: {
    case: { permission: 'cases.read', open: openCase, plain: drawPlainCase },
    exceptions: { permission: 'cases.read', open: openExceptions },
    resolution: { permission: 'cases.resolve', open: askForResolution },
  },
  readStartWord(word) {
    const list = readExceptionsWord(word);
    if (list !== undefined) return list;
    const id = restoreId(/^ex-(.+)$/.exec(word)?.[1] ?? '');
    return id === undefined ? undefined : { screen: 'case', wanted: { id } };
  },
});
