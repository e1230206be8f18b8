// The simulator is only as good as what it finds: every plant has to be a change of the product as it is today.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';
import { changeSource } from '#test/mutation/source-change.ts';
import { neverLoaded } from './apply-plant.ts';
import { getPlant, plants } from './catalogue.ts';

const root = new URL('../../../', import.meta.url);
const sourceOf = (file: string): string => readFileSync(new URL(file, root), 'utf8');

/** Runs a script that applies a plant, and then imports. */
function runWith(plant: { file: string; from: string; to: string }, imported: string) {
  const script = `
    import { applyPlant } from '#test/simulation/plants/apply-plant.ts';
    applyPlant(${JSON.stringify(plant)});
    const { hashLink } = await import(${JSON.stringify(imported)});
    process.stdout.write(String(hashLink?.({ previousHash: 'a', content: 'b' }) === hashLink?.({ previousHash: 'c', content: 'b' })));`;
  const args = ['--input-type=module-typescript', '--eval', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('a plant', () => {
  test.each(plants)('$name changes one place, and the file can still be read', ({ name, ...plant }) => {
    const source = sourceOf(plant.file);
    const changed = changeSource(source, plant);
    expect(changed).not.toBe(source);
    expect(() => stripTypeScriptTypes(changed)).not.toThrow();
  });

  test('has a name of its own, a sentence, and invariants that it should violate', () => {
    expect(new Set(plants.map(({ name }) => name)).size).toBe(plants.length);
    for (const { name, sentence, breaks } of plants) {
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
      expect(sentence, name).toMatch(/^\S.+\.$/);
      expect(breaks.length, name).toBeGreaterThan(0);
      for (const invariant of breaks) expect(invariant >= 1 && invariant <= 12, name).toBe(true);
    }
  });

  test('stands in every part of the product that may lose money', () => {
    const rooms = new Set(
      plants.map(({ file }) =>
        file
          .split('/')
          .slice(1, file.startsWith('src/payments/') ? 3 : 2)
          .join('/'),
      ),
    );
    expect([...rooms].sort()).toEqual([
      'accounting',
      'app',
      'bot',
      'cases',
      'db',
      'jobs',
      'messaging',
      ...['availability', 'channels', 'collect', 'lifecycle', 'model', 'providers'].map((floor) => `payments/${floor}`),
      ...['reconciliation', 'refunds', 'sync', 'webhooks'].map((floor) => `payments/${floor}`),
      'reports',
      'server',
    ]);
    expect(plants.length).toBeGreaterThanOrEqual(36);
  });
});

describe('applying a plant', () => {
  const plant = getPlant('chain-leaves-out-the-day-before');
  const imported = '#accounting/ledger/chain.ts';

  test('changes what is imported afterwards', () => {
    expect(runWith(plant, imported)).toMatchObject({ status: 0, stdout: 'true', stderr: '' });
  });

  test('fails when the file does not hold what it changes', () => {
    const { status, stderr } = runWith({ ...plant, from: 'nowhere to be found' }, imported);
    expect(status).toBe(1);
    expect(stderr).toContain('holds 0 times');
  });

  test('fails when the file holds it twice', () => {
    const { status, stderr } = runWith({ ...plant, from: 'createHash' }, imported);
    expect(status).toBe(1);
    expect(stderr).toContain('holds 3 times');
  });

  test('fails when the file is never loaded', () => {
    const { status, stderr } = runWith(plant, '#kernel/json.ts');
    expect(status).toBe(neverLoaded);
    expect(stderr).toContain(`nothing imports ${plant.file}`);
  });
});
