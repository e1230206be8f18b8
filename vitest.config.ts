import { defineConfig } from 'vitest/config';

// Suites that need a server beside the project carry its name in their file name, so that `npm test` never meets them.
const servers = ['**/*.postgres.test.ts', '**/*.browser.test.ts', '**/*.kill.test.ts', '**/*.promtool.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...servers, '**/*.sqlite.test.ts', 'test/scenarios/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['test/**/*.sqlite.test.ts', 'test/scenarios/**/*.test.ts'],
          exclude: servers,
        },
      },
      { extends: true, test: { name: 'postgres', include: ['test/**/*.postgres.test.ts'] } },
      { extends: true, test: { name: 'promtool', include: ['test/**/*.promtool.test.ts'] } },
      { extends: true, test: { name: 'kill', include: ['test/**/*.kill.test.ts'], testTimeout: 600_000 } },
      { extends: true, test: { name: 'browser', include: ['test/**/*.browser.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
