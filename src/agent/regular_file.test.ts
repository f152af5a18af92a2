import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { regularFile } from './regular_file.ts';

const folder = mkdtempSync(join(tmpdir(), 'mapaudit-regular-'));
const place = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

it('a file, also behind a link', () => {
  writeFileSync(place('a'), 'text');
  symlinkSync('a', place('link'));
  expect(regularFile(place('link'), 4, 'hint').toString()).toBe('text');
});

it('what would be waited for, or has no end, is refused', () => {
  execFileSync('mkfifo', [place('pipe')]);
  mkdirSync(place('folder'));
  for (const path of [place('pipe'), place('folder'), '/dev/zero'])
    expect(() => regularFile(path, 100, 'Name a file.')).toThrow(
      expect.objectContaining({ code: 'not-a-file', message: `${path} is no regular file` }),
    );
});

it('what is not there or too large is told', () => {
  writeFileSync(place('large'), 'x'.repeat(101));
  expect(() => regularFile(place('large'), 100, '')).toThrow(/larger than 100 bytes/);
  expect(() => regularFile(place('none'), 100, '')).toThrow(
    expect.objectContaining({ code: 'no-such-file' }),
  );
});
