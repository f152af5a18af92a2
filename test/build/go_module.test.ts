import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mapauditGo } from '../support/mapaudit_go.ts';

const FOLDER = fileURLToPath(new URL('../../go/', import.meta.url));

describe("the Go module's own tests", () => {
  for (const [version, ...flags] of [
    ['1.18.10'],
    ['1.21.13'],
    ['1.22.12'],
    ['1.23.12'],
    ['1.24.13'],
    ['1.25.8'],
    ['1.26.8'],
    ['1.26.8', '-race'],
    ['1.27.4', '-race'],
    ['1.27.4'],
  ] as const)
    it(`pass with Go ${version} ${flags.join(' ')}`, { timeout: 300_000 }, () => {
      const end = mapauditGo(['test', '-v', '-count=1', ...flags, './...'], { cwd: FOLDER, version });
      expect(end.status, end.stdout + end.stderr).toBe(0);
      expect(end.stdout.match(/^--- PASS/gm)).toHaveLength(7);
      // The one for builds without the hook.
      expect(end.stdout.match(/^--- SKIP/gm)).toHaveLength(1);
    });
});
