import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { permissions } from '#access/permission.ts';
import { buttonHandlers, commands, confirmations, openers, screens, typedValues } from '#bot/admin/screens.ts';
import { commandSections } from '#bot/kit/env.ts';

/** Everything that an admin can set off, with what it says it needs. */
const named: [string, unknown][] = [
  ...commands.map(({ command, permission }): [string, unknown] => [`/${command}`, permission]),
  ...Object.entries(buttonHandlers).flatMap(([kind, { permission }]): [string, unknown][] =>
    typeof permission === 'string'
      ? [[`button ${kind}`, permission]]
      : Object.entries(permission).map(([act, each]) => [`button ${kind}:${act}`, each]),
  ),
  ...[...confirmations].map(([action, { permission }]): [string, unknown] => [`confirmation ${action}`, permission]),
  ...[...typedValues].map(([action, { permission }]): [string, unknown] => [`typed ${action}`, permission]),
  ...Object.entries(openers).map(([name, { permission }]): [string, unknown] => [`screen ${name}`, permission]),
  ...screens.flatMap(({ document }): [string, unknown][] => (document ? [['document', document.permission]] : [])),
];

describe('the table of screens', () => {
  test.each(named)('%s names a permission', (_what, permission) => {
    expect(permissions).toContain(permission);
  });

  test('every permission is named by something', () => {
    const used = new Set(named.map(([, permission]) => permission));
    expect(permissions.filter((permission) => !used.has(permission))).toEqual([]);
  });

  test('no two screens have a command, a button, a confirmation or a destination of the same name', () => {
    const names = screens.flatMap((screen) => [
      ...(screen.commands ?? []).map(({ command }) => `/${command}`),
      ...Object.keys(screen.buttons ?? {}).map((kind) => `button ${kind}`),
      ...Object.keys(screen.confirmations ?? {}).map((action) => `action ${action}`),
      ...Object.keys(screen.typedValues ?? {}).map((action) => `action ${action}`),
      ...Object.keys(screen.openers ?? {}).map((name) => `screen ${name}`),
    ]);
    expect(names.length).toBeGreaterThan(70);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('what a screen has is found in the table', () => {
    const kinds = screens.flatMap((screen) => Object.keys(screen.buttons ?? {}));
    expect(Object.keys(buttonHandlers).sort()).toEqual(kinds.sort());
    const destinations = screens.flatMap((screen) => Object.keys(screen.openers ?? {}));
    expect(Object.keys(openers).sort()).toEqual(destinations.sort());
  });

  test('every heading of the help has commands', () => {
    const used = new Set(commands.map(({ section }) => section));
    expect(commandSections.filter((section) => !used.has(section))).toEqual([]);
  });

  test('README has a row for every command, and for no other', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, section = ''] = /^## Commands of the bot$([\s\S]*?)^## /m.exec(readme) ?? [];
    const rows = section.matchAll(/^\| (`.*?) \| /gm);
    const inReadme = [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/`\/([a-z]+)/g)].map(([, name]) => name));
    expect([...new Set(inReadme)].sort()).toEqual(commands.map(({ command }) => command).sort());
  });
});
