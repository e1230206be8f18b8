import { expect, test } from 'vitest';
import { commands } from '#bot/admin/screens.ts';
import { measureScreen } from '../../bench/scale/measure.ts';
import { formatScale, scaleVerdicts } from '../../bench/scale/scale-report.ts';
import { type Screen, screens } from '../../bench/scale/screens.ts';
import type { OpenedShop } from '../../bench/scale/shop/opened-shop.ts';
import type { Target } from '../../bench/scale/shop/targets.ts';

test.each(commands.map(({ command }) => command))('/%s is measured', (command) => {
  expect(screens.some(({ name }) => name.split(' ')[0] === `/${command}`)).toBe(true);
});

test('no two screens have one name', () => {
  const names = screens.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('both sides are drawn as often, and take turns in being first', async () => {
  const drawn: string[] = [];
  const sideOf = (name: string) => ({
    shop: { say: async () => void drawn.push(name) } as unknown as OpenedShop,
    targets: [{ number: 1 } as Target],
  });
  const screen: Screen = { name: 'one', draw: (shop) => shop.say('') };
  const sides = { small: sideOf('small'), large: sideOf('large') };
  const figures = await measureScreen(screen, sides, { samples: 4, screenMaxMs: 60_000 });
  expect(figures).toMatchObject({ small: { samples: 4 }, large: { samples: 4 } });
  expect(drawn.slice(-8).join(' ')).toBe('small large large small small large large small');
});

const timing = (ms: number) => ({ samples: 9, p50Ms: ms, p99Ms: 2 * ms, processorMs: ms });
const figuresOf = (name: string, ratio: number) => ({
  name,
  small: timing(1),
  large: timing(ratio),
  ratio,
  processorRatio: ratio,
});

test('a screen beyond its aim is named, in the table and below it', () => {
  const [flat, steep] = [figuresOf('flat', 1.4), figuresOf('steep', 30)];
  expect(formatScale('sqlite', [flat, steep])).toMatch(/steep.*30\.00 +beyond/);
  expect(formatScale('sqlite', [flat])).not.toMatch(/beyond/);
  expect(scaleVerdicts('sqlite', [flat, steep])).toEqual([
    '1 of 2 screens beyond 1.5 times: steep (30.0)',
    '1 of 2 screens with a p99 above 20 ms: steep (60 ms)',
  ]);
});

test('on SQLite the wall clock alone is not believed, and on PostgreSQL it is', () => {
  const disturbed = { ...figuresOf('disturbed', 4), processorRatio: 1 };
  expect(scaleVerdicts('sqlite', [disturbed])[0]).toMatch(/^0 of 1/);
  expect(scaleVerdicts('postgres', [disturbed])[0]).toMatch(/^1 of 1/);
});
