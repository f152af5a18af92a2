import { defineConfig } from 'vitest/config';

/** What reads binaries, memory and sources alone: these tests bear company. */
const READING = ['debug', 'explain', 'go', 'house', 'inspect'].map((folder) => `test/${folder}/**/*.test.ts`);

/**
 * `unit`: beside their files, pure, fast, no Go, no kernel. `reading` and `integration`: under test/, with Go
 * programs, probes, terminals and child processes, and with long time limits.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'web/**/*.test.ts'],
          environment: 'node',
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'reading',
          include: READING,
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: READING,
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 300_000,
          // A page that is shown while a program is audited may take its time.
          expect: { poll: { timeout: 20_000 } },
          // One file at a time: what one test counts, another's load must not disturb.
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
