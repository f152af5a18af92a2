import { defineConfig } from 'vitest/config';

/**
 * `unit`: beside their files, pure, fast, no Go, no kernel. `integration`: under test/, with Go programs,
 * probes, terminals and child processes, so at most two files at once and with long time limits.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
          environment: 'node',
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 300_000,
          // One file at a time: what one test counts, another's load must not disturb.
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
