// The simulator is only as good as what it finds: every plant has to be a change of the product as it is today.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';
import { changeSource } from '#test/mutation/source-change.ts';
import { getPlant, plants } from './catalogue.ts';

const root = new URL('../../../', import.meta.url);
const sourceOf = (file: string): string => readFileSync(new URL(file, root), 'utf8');

const chain = '#accounting/ledger/chain.ts';

/** Runs a script that imports, applies a plant, and looks whether a hash of the chain covers the one before. */
function runWith(plant: { file: string; from: string; to: string }, imported = '#kernel/json.ts') {
  const script = `
    import { applyPlant } from '#test/simulation/plants/apply-plant.ts';
    import ${JSON.stringify(imported)};
    await applyPlant(${JSON.stringify(plant)});
    const { hashLink } = await import('${chain}');
    const [one, other] = ['a', 'c'].map((previousHash) => hashLink({ previousHash, content: 'b' }));
    process.stdout.write(one === other ? 'leaves it out' : 'covers it');`;
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
      for (const invariant of breaks) expect(invariant >= 1 && invariant <= 14, name).toBe(true);
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
      'access',
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

  test('changes what is imported afterwards', () => {
    expect(runWith(plant)).toMatchObject({ status: 0, stdout: 'leaves it out', stderr: '' });
  });

  test('fails when the file does not hold what it changes', () => {
    const { status, stderr } = runWith({ ...plant, from: 'nowhere to be found' });
    expect(status).toBe(1);
    expect(stderr).toContain('holds 0 times');
  });

  test('fails when the file holds it twice', () => {
    const { status, stderr } = runWith({ ...plant, from: 'createHash' });
    expect(status).toBe(1);
    expect(stderr).toContain('holds 3 times');
  });

  test('fails when the file was loaded before', () => {
    const { status, stderr } = runWith(plant, chain);
    expect(status).toBe(1);
    expect(stderr).toContain(`${plant.file} was loaded before`);
  });
});
