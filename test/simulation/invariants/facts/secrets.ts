// The settings of the product that are secret, looked for in everything that it writes.
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import { createMemory } from '../memory.ts';

interface Memory {
  /** Where a secret was found since the last check. */
  found: string[];
  heard: number;
}

const memoryOf = createMemory((): Memory => ({ found: [], heard: 0 }));

const secretNames = /(?:TOKEN|SECRET|PASSWORD|KEY)$/;
/** Shorter values are words. */
const lengthMin = 8;
/** Enough of a long one to be of use to somebody. */
const partLength = 40;

export const secrets: Invariant = {
  number: 10,
  promise: 'No secret stands in the log, in a message or in an event for the shop.',
  begin(world) {
    const memory = memoryOf(world);
    const find = createFinder(world);
    world.log.onLine((line) => {
      const name = find(line);
      if (name !== undefined) memory.found.push(`${name} stands in the log: ${line.slice(0, 300)}`);
    });
  },
  *always({ world }) {
    const memory = memoryOf(world);
    yield* memory.found.splice(0);
    const find = createFinder(world);
    const { heard } = world.shop;
    for (const { type, id, order } of heard.slice(memory.heard)) {
      const name = find(JSON.stringify(order));
      if (name !== undefined) yield `${name} stands in ${type} ${id} for the shop`;
    }
    memory.heard = heard.length;
  },
};

/** Gives the name of a setting that stands in a text. Settings change at a restart: those of before stay secret. */
function createFinder({ operator }: World): (text: string) => string | undefined {
  const names = new Map<string, string>();
  let known: Readonly<Record<string, string>> | undefined;
  let pattern = /$^/;
  return (text) => {
    if (operator.environment !== known) {
      known = operator.environment;
      for (const [part, name] of secretParts(known)) names.set(part, name);
      pattern = new RegExp([...names.keys()].map((part) => RegExp.escape(part)).join('|'));
    }
    const [part] = pattern.exec(text) ?? [];
    return part === undefined ? undefined : names.get(part);
  };
}

function secretParts(environment: Readonly<Record<string, string>>): [part: string, name: string][] {
  return Object.entries(environment).flatMap(([name, values]) => {
    if (!secretNames.test(name)) return [];
    const parts = values.split(',').map((value) => longestLine(value).slice(0, partLength));
    return parts.filter(({ length }) => length >= lengthMin).map((part): [string, string] => [part, name]);
  });
}

/** A key in PEM begins like every other. */
function longestLine(text: string): string {
  return text.split('\n').reduce((longest, line) => (line.length > longest.length ? line : longest), '');
}
