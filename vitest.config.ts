import { defineConfig } from 'vitest/config';

/** They compare how long the same thing takes twice in one run, which a neighbour would decide: nothing runs beside them. */
const compared = ['fairness', 'tenants', 'apps'].map((name) => `test/integration/${name}.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['test/support/servers.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: compared,
          // Two cores carry the servers too.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: compared, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
