import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { GO_VERSIONS } from '../support/go_build.ts';
import { fewOrAll, mapauditGo } from '../support/mapaudit_go.ts';

const FOLDER = fileURLToPath(new URL('../../go/', import.meta.url));

describe("the Go module's own tests", () => {
  const all: string[][] = GO_VERSIONS.map((version) => [version]);
  for (const [version = '', ...flags] of fewOrAll(
    [['1.18.10'], ['1.26.8', '-race']],
    [...all, ['1.26.8', '-race'], ['1.27.4', '-race']],
  ))
    it(`pass with Go ${version} ${flags.join(' ')}`, { timeout: 300_000 }, () => {
      const end = mapauditGo(['test', '-v', '-count=1', ...flags, './...'], { cwd: FOLDER, version });
      expect(end.status, end.stdout + end.stderr).toBe(0);
      expect(end.stdout.match(/^--- PASS/gm)).toHaveLength(13);
      // The one for builds without the hook.
      expect(end.stdout.match(/^--- SKIP/gm)).toHaveLength(1);
    });
});
