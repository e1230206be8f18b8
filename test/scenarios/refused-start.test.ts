// A start that cannot become a running shop ends by itself, with one sentence that names the setting.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWorld, type World } from '#test/support/app-fixture/world.ts';
import { type MainRun, runMain } from '#test/support/process/run-main.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.stop());

const start = (settings: Record<string, string>): Promise<MainRun> =>
  runMain(['start'], { ...world.environment, ...settings });

describe('a start', () => {
  test.each(['TELEGRAM_BOT_TOKEN', 'TELEGRAM_PAGER_TOKEN'])(
    'with a wrong %s ends with its name and 78',
    async (name) => {
      const wrong = '333:NobodyNobodyNobodyNobodyNobodyNobody';
      const run = await start({ [name]: wrong });
      expect(run).toMatchObject({
        status: 78,
        said: `${name} is not accepted by ${world.telegram.url} (401: Unauthorized): copy the token from BotFather again\n`,
      });
      expect(run.lines.at(-1)).toContain('"stopped"');
      expect(run.lines.join()).not.toContain(wrong);
    },
  );

  test('on a port that is taken ends with the port, and what it had opened is closed', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const run = await start({ PORT: String(port) });
    other.close();
    expect(run).toMatchObject({
      status: 1,
      said: `ListenFailed: cannot listen on 127.0.0.1, port ${port}: another program has the port; stop it, or set PORT\n`,
    });
    expect(run.lines.at(-1)).toContain('"stopped"');
  });
});
