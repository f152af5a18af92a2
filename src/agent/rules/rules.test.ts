import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { secretOf } from '../actions/secrets.ts';
import { rulesOf } from './rules.ts';

it('a pipe is neither waited for as rules nor as a secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-rules-'));
  const pipe = join(folder, 'pipe');
  try {
    execFileSync('mkfifo', [pipe]);
    expect(() => rulesOf(pipe)).toThrow(expect.objectContaining({ code: 'not-a-file' }));
    expect(() => secretOf({ template: `\${file:${pipe}}` })).toThrow(
      expect.objectContaining({ code: 'secret-missing' }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
