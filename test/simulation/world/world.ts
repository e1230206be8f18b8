// Everything around one machine: providers, Telegram, the shop's site and the people, all of them in simulated time.
import type { Milliseconds } from '#kernel/clock.ts';
import type { Journal } from '../engine/journal.ts';
import type { Stream } from '../engine/random.ts';
import { createRest } from '../engine/rest.ts';
import { timeOver } from '../engine/time-over.ts';
import { createTimeline, type Timeline } from '../engine/timeline.ts';
import { createDisk, type Disk } from '../machine/disk.ts';
import { listenIn, type Passed } from '../machine/listen-in.ts';
import { createMachine, type Machine } from '../machine/machine.ts';
import { createNetwork, type HttpRequest, type Network } from '../machine/network.ts';
import { createTelegramSide, type TelegramSide } from '../telegram/telegram-side.ts';
import { type Backups, createBackups, type Restore } from './backups.ts';
import { createDisturbances, type Disturbances } from './disturbances.ts';
import { createFaults, type Faults } from './faults.ts';
import { createOperator, type Operator } from './operator.ts';
import { createProvidersSide, type ProvidersSide } from './providers-side.ts';
import { addresses, drawSettings, fixedEnvironment, type ShopSettings } from './settings.ts';
import { createShopSite, type ShopSite } from './shop-site.ts';

export interface World extends ProvidersSide {
  /** As they are now. */
  readonly settings: ShopSettings;
  /** Somebody else owns the shop, or alerts go somewhere else; the product hears of it by its own settings. */
  changeTeam(change: Partial<Pick<ShopSettings, 'admins' | 'alertChatId'>>): void;
  readonly timeline: Timeline;
  readonly journal: Journal;
  readonly network: Network;
  /** Told of everything that passes on the network. */
  onPassed(listener: (passed: Passed) => void): void;
  /** Told of each request whose answer does not come any more. */
  onLost(listener: (request: HttpRequest) => void): void;
  readonly disk: Disk;
  readonly machine: Machine;
  readonly telegram: TelegramSide;
  readonly shop: ShopSite;
  /** Starts, stops and configures the product, as the people who run the machine do. */
  readonly operator: Operator;
  readonly backups: Backups;
  /** Backups that were put back, in the order of that. */
  readonly restores: readonly Restore[];
  readonly faults: Faults;
  readonly disturbances: Disturbances;
  /** What the product has logged. */
  readonly log: ProductLog;
  /** What somebody in this world noticed that no promise allows; taken out as violations. */
  readonly complaints: Complaint[];
  /** True time, which providers and Telegram go by; the machine's own clock may be wrong. */
  now(): Milliseconds;
  wait(ms: Milliseconds): Promise<void>;
  deadline(ms: Milliseconds): AbortSignal;
  /** When whoever waits idly at that moment of true time, and would look again soon, looks again: idle waits are coarse at rest. */
  idleUntil(at: Milliseconds, soonMs: Milliseconds): Milliseconds;
  /** Something happened from outside: idle waits are short for a while. */
  stir(): void;
  nextStir(): Promise<void>;
}

export interface Complaint {
  /** The number of the promise, as in docs/simulation.md. */
  readonly invariant: number;
  readonly text: string;
}

export interface ProductLog {
  /** The lines that are warnings or errors, newest last; bounded. */
  readonly troubles: readonly string[];
  /** Told of each line. */
  onLine(listener: (line: string) => void): void;
}

const troublesMax = 200;

export interface WorldVariant {
  /** Settings of the product in the place of the usual ones. */
  readonly environment: Readonly<Record<string, string>>;
}

interface WorldDeps {
  chance: Stream;
  journalOf(now: () => number): Journal;
  folder: string;
  /** What differs from the usual world. */
  variant?: WorldVariant | undefined;
}

export function createWorld(deps: WorldDeps): World {
  const { chance, variant } = deps;
  const timeline = createTimeline();
  const journal = deps.journalOf(timeline.now);
  const settings = drawSettings(chance.stream('settings'));
  const now = (): Milliseconds => settings.startAt + timeline.now();
  const wait = (ms: Milliseconds): Promise<void> => new Promise((resolve) => void timeline.after(ms, resolve));
  const deadline = (ms: Milliseconds): AbortSignal => {
    const ending = new AbortController();
    timeline.after(ms, () => ending.abort(timeOver));
    return ending.signal;
  };
  const rest = createRest(timeline);
  const disturbances = createDisturbances(now);
  const { stir, nextStir } = rest;
  const delays = chance.stream('network');
  const delayMs = (): Milliseconds => delays.between(1, 60);
  const listeners: ((passed: Passed) => void)[] = [];
  const lostListeners: ((request: HttpRequest) => void)[] = [];
  const network = listenIn(createNetwork({ timeline, chance: chance.stream('slow network'), delayMs }), {
    onPassed(passed) {
      for (const listener of listeners) listener(passed);
    },
    onLost(request) {
      for (const listener of lostListeners) listener(request);
    },
  });
  const file = `${deps.folder}/till.db`;
  const disk = createDisk(file, chance.stream('disk'));
  const complaints: Complaint[] = [];
  const complain = (text: string): void => void complaints.push({ invariant: 0, text });
  const log = createProductLog(journal);
  const machine = createMachine({
    timeline,
    network,
    disk,
    journal,
    chance: chance.stream('machine'),
    startAt: settings.startAt,
    rest,
    address: addresses.product,
    onLog: log.take,
    complain,
  });
  const providersSide = createProvidersSide({
    timeline,
    network,
    now,
    chance: chance.stream('providers'),
    deadline,
    stir,
  });
  const shop = createShopSite({ network, now, wait, deadline });
  const telegram = createTelegramSide({
    network,
    disturbances,
    timeline,
    journal,
    now,
    deadline,
    rest,
    chance: chance.stream('telegram'),
    settings,
  });
  const environment = {
    ...providersSide.providers.environment,
    ...fixedEnvironment(file),
    ...settings.environment,
    ...variant?.environment,
  };
  const operator = createOperator({
    machine,
    journal,
    disturbances,
    wait,
    stir,
    environment,
    onFailedStart(why) {
      if (!disk.isFull) complain(`the start failed: ${why}`);
    },
  });
  const backups = createBackups({ operator, disk, journal, now });
  return {
    settings,
    changeTeam: (change) => void Object.assign(settings, change),
    timeline,
    journal,
    network,
    onPassed: (listener) => void listeners.push(listener),
    onLost: (listener) => void lostListeners.push(listener),
    disk,
    machine,
    ...providersSide,
    telegram,
    shop,
    operator,
    backups,
    get restores() {
      return backups.restores;
    },
    faults: createFaults({ journal, disturbances, wait, stir }),
    disturbances,
    log,
    complaints,
    now,
    wait,
    deadline,
    idleUntil: (at, soonMs) => settings.startAt + rest.idleUntil(at - settings.startAt, soonMs),
    stir,
    nextStir,
  };
}

function createProductLog(journal: Journal): ProductLog & { take(line: string): void } {
  let troubles: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  return {
    get troubles() {
      return troubles;
    },
    onLine: (listener) => void listeners.push(listener),
    take(line) {
      journal.note('log', line.trimEnd());
      if (/"level":"(?:warn|error|fatal)"/.test(line)) troubles = [...troubles.slice(1 - troublesMax), line.trimEnd()];
      for (const listener of listeners) listener(line);
    },
  };
}
