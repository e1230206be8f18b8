import { defineConfig } from 'vitest/config';
import { applyMutant, triesMutant } from './test/mutation/apply-mutant.ts';
import { ramDiskEnvironment } from './test/support/database/ram-disk.ts';

// Suites that need a server beside the project, or minutes, carry their name in the file name, so that `npm test` never
// meets them.
const servers = ['postgres', 'browser', 'kill', 'promtool', 'mutation'].map((suite) => `**/*.${suite}.test.ts`);

/**
 * A worker loads the product once, and not once for each of two hundred files: a test leaves nothing behind in a module or in
 * a global that another could meet.
 */
export default defineConfig({
  plugins: [applyMutant()],
  test: {
    pool: 'forks',
    fsModuleCache: !triesMutant,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What a test waits for comes as soon as the machine lets it; that it comes is what is asked.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          env: ramDiskEnvironment(),
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...servers, '**/*.sqlite.test.ts', 'test/scenarios/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'sqlite',
          env: ramDiskEnvironment(),
          isolate: false,
          include: ['test/**/*.sqlite.test.ts', 'test/scenarios/**/*.test.ts'],
          exclude: servers,
        },
      },
      { extends: true, test: { name: 'postgres', include: ['test/**/*.postgres.test.ts'] } },
      { extends: true, test: { name: 'promtool', include: ['test/**/*.promtool.test.ts'] } },
      { extends: true, test: { name: 'kill', include: ['test/**/*.kill.test.ts'], testTimeout: 600_000 } },
      {
        extends: true,
        test: { name: 'mutation', include: ['test/**/*.mutation.test.ts'], testTimeout: 120_000, maxConcurrency: 2 },
      },
      { extends: true, test: { name: 'browser', include: ['test/**/*.browser.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
