// Settings that an admin changes at a restart, and changes back later, or not.
import { hour } from '#kernel/clock.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { definitions } from '#payments/providers/registry/definitions.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { admins } from '../../world/settings.ts';
import { drawZone } from '../../world/time-zones.ts';
import type { World } from '../../world/world.ts';
import { claimSetting } from './claims.ts';
import { drawLength } from './draw.ts';

type Change = Readonly<Record<string, string>>;

/** Two changes, and the time between them. */
async function changeFor(
  world: World,
  change: { what: string; owner: string; chance: Stream; begin: Change; end: Change; onBegin?(): void; onEnd?(): void },
): Promise<void> {
  const { operator, faults } = world;
  const release = claimSetting(world, change.owner);
  if (release === undefined) return;
  await faults.during({
    what: change.what,
    ms: drawLength(change.chance, 8 * hour),
    begin() {
      change.onBegin?.();
      void operator.restart(change.begin);
      return () => {
        change.onEnd?.();
        void operator.restart(change.end).then(release);
      };
    },
  });
}

/** Its orders stay, and what it says meanwhile is answered with 404. */
export const providerRemoved: StepKind = {
  share: 0.3,
  perDay: 2,
  async act(world, chance) {
    const { environment } = world.operator;
    const provider = chance.pick(providerNames);
    const names = Object.keys(definitions[provider].settings.all).filter((name) => (environment[name] ?? '') !== '');
    await changeFor(world, {
      what: `${provider} is removed`,
      owner: provider,
      chance,
      begin: Object.fromEntries(names.map((name) => [name, ''])),
      end: Object.fromEntries(names.map((name) => [name, environment[name] ?? ''])),
    });
  },
};

/** The shop moves, and stays there. */
export const zoneChanged: StepKind = {
  share: 0.2,
  perDay: 1.5,
  async act(world, chance) {
    const zone = drawZone(chance);
    const { faults, operator, journal } = world;
    if (faults.areOver()) return;
    journal.note('fault', `the time zone is ${zone} from now on`);
    await operator.restart({ TIME_ZONE: zone });
  },
};

/** Alerts go to the group instead of to each owner, or the other way round. */
export const alertChatChanged: StepKind = {
  share: 0.2,
  perDay: 2,
  async act(world, chance) {
    const { settings, telegram, operator, changeTeam } = world;
    const before = operator.environment['ALERT_CHAT_ID'] ?? '';
    const group = telegram.chats.groupId();
    if (before === '' && group === null) return;
    const after = before === '' ? String(group) : '';
    const wasId = settings.alertChatId;
    await changeFor(world, {
      what: `alerts go ${after === '' ? 'to each owner' : `to chat ${after}`}`,
      owner: 'alerts',
      chance,
      begin: { ALERT_CHAT_ID: after },
      end: { ALERT_CHAT_ID: before },
      onBegin: () => changeTeam({ alertChatId: after === '' ? null : group }),
      onEnd: () => changeTeam({ alertChatId: wasId }),
    });
  },
};

export const telegramModeChanged: StepKind = {
  share: 0.2,
  perDay: 2,
  async act(world, chance) {
    const { environment } = world.operator;
    const before = {
      TELEGRAM_MODE: environment['TELEGRAM_MODE'] ?? '',
      TELEGRAM_WEBHOOK_SECRET: environment['TELEGRAM_WEBHOOK_SECRET'] ?? '',
    };
    const isWebhook = before.TELEGRAM_MODE === 'webhook';
    const webhook = { TELEGRAM_MODE: 'webhook', TELEGRAM_WEBHOOK_SECRET: 'zyxwvutsrqponm9876543210zyxwvuts' };
    await changeFor(world, {
      what: `updates come by ${isWebhook ? 'polling' : 'webhook'}`,
      owner: 'Telegram',
      chance,
      begin: isWebhook ? { TELEGRAM_MODE: '' } : webhook,
      end: before,
    });
  },
};

/** Somebody leaves the team or joins it, and comes back or goes again. */
export const ownersChanged: StepKind = {
  share: 0.2,
  perDay: 2,
  async act(world, chance) {
    const { settings, changeTeam } = world;
    const team = settings.admins;
    const one = chance.pick<(typeof admins)[number]>(admins);
    const without = team.filter(({ id }) => id !== one.id);
    const changed = without.length === team.length ? [...team, one] : without;
    if (changed.length === 0) return;
    const listOf = (people: readonly { id: number }[]): Change => ({
      OWNER_IDS: people.map(({ id }) => id).join(','),
    });
    await changeFor(world, {
      what: `${one.firstName} ${changed.includes(one) ? 'joins' : 'leaves'} the team`,
      owner: 'team',
      chance,
      begin: listOf(changed),
      end: listOf(team),
      onBegin: () => changeTeam({ admins: changed }),
      onEnd: () => changeTeam({ admins: team }),
    });
  },
};
