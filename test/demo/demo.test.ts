import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { readOptions } from '#sandbox/demo/options.ts';
import { choosePorts } from '#sandbox/demo/ports.ts';

interface RunningDemo {
  process: ChildProcess;
  /** Everything it has printed. */
  said(): string;
  url(name: string): string;
  ended: Promise<number | null>;
}

/** The command as README has it; resolves when it says how it is stopped. */
async function startDemo(...args: string[]): Promise<RunningDemo> {
  const child = spawn('npm', ['run', 'demo', '--', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that a test that fails leaves no grandchild behind.
    detached: true,
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  onTestFinished(() => endGroup(child));
  let said = '';
  const ready = Promise.withResolvers<void>();
  const hear = (chunk: Buffer): void => {
    said += chunk.toString();
    if (said.includes('Ctrl-C')) ready.resolve();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  await Promise.race([
    ready.promise,
    ended.then((code) => Promise.reject(new Error(`the demo ended with ${code} and said: ${said}`))),
  ]);
  const url = (name: string): string => {
    const found = new RegExp(`${name} +(http://\\S+)`).exec(said)?.[1];
    if (found === undefined) throw new Error(`no address of ${name} in: ${said}`);
    return found;
  };
  return { process: child, said: () => said, url, ended };
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself, as it should.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const places = [
  ['Chat', 'Local Telegram'],
  ['Shop', 'T-1001'],
  ['Providers', 'Simulated payment providers'],
  ['API', 'swagger-ui'],
  ['Health', '"database"'],
  ['Metrics', 'tillkeeper_'],
] as const;

// A whole product starts, with a week behind it: on a busy machine that takes its time, and how long is not the promise.
const wholeDemo = { timeout: 4 * minute };

test(
  'one command opens a shop at work whose printed addresses answer, and SIGTERM leaves nothing behind',
  wholeDemo,
  async () => {
    const demo = await startDemo('--port-base', '17080');
    for (const [name, expected] of places) {
      const path = name === 'Shop' ? 'told' : '';
      const answer = await fetch(`${demo.url(name)}${path}`);
      expect(answer.status, name).toBe(200);
      expect(await answer.text(), name).toContain(expected);
    }
    const logFile = /Log +(\S+)/.exec(demo.said())?.[1] ?? '';
    expect(existsSync(logFile)).toBe(true);
    expect(demo.said()).not.toContain('"level"');

    const chat = demo.url('Chat');
    demo.process.kill('SIGTERM');
    // It gives itself a deadline, and one that was missed has another exit code.
    expect(await demo.ended).toBe(0);
    expect(existsSync(dirname(logFile))).toBe(false);
    await expect(fetch(chat)).rejects.toThrow('fetch failed');
  },
);

test('a port that is taken is replaced by a free one', async () => {
  const [first = 0] = await choosePorts(0, 1);
  const server = (await import('node:http')).createServer().listen(first, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const ports = await choosePorts(first, 3);
  expect(new Set(ports).size).toBe(3);
  expect(ports).not.toContain(first);
});

test.each([
  [[], { traffic: 'normal', portBase: 7080, hasHistory: true }],
  [['--quiet-traffic', '--port-base', '9000'], { traffic: 'quiet', portBase: 9000, hasHistory: true }],
  [['--no-traffic', '--no-history'], { traffic: 'none', portBase: 7080, hasHistory: false }],
  [['--help'], 'help'],
])('the command line %j means %j', (args, meaning) => {
  expect(readOptions(args)).toEqual(meaning);
});

test.each([[['--port-base', 'x']], [['--port-base', '70000']], [['--loud']]])(
  'the command line %j is refused with a sentence',
  (args) => {
    expect(readOptions(args)).toEqual({ fault: expect.any(String) });
  },
);
