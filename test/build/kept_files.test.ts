import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapauditGo } from '../support/mapaudit_go.ts';

let folder = '';
const inFolder = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapaudit-kept-'));
  mkdirSync(inFolder('words'));
  writeFileSync(inFolder('words/go.mod'), 'module words\n\ngo 1.18\n');
  writeFileSync(inFolder('words/main.go'), 'package main\n\nfunc main() {}\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the files that mapaudit go keeps', () => {
  it('never takes away what another build may use, and completes what is not whole', () => {
    const env = { XDG_CACHE_HOME: inFolder('cache') };
    const list = (): void => {
      const end = mapauditGo(['build', '-n', '-o', '/dev/null', '.'], { cwd: inFolder('words'), env });
      expect(end.status, end.stderr).toBe(0);
    };
    list();
    const [name = ''] = readdirSync(inFolder('cache/mapaudit/go'));
    const kept = (path: string): string => inFolder(join('cache/mapaudit/go', name, path));
    const before = ['.', 'src/runtime', 'overlay.json'].map((path) => statSync(kept(path)).ino);
    const text = readFileSync(kept('src/runtime/proc.go'), 'utf8');
    rmSync(kept('src/runtime/proc.go'));
    list();
    expect(readFileSync(kept('src/runtime/proc.go'), 'utf8')).toBe(text);
    expect(['.', 'src/runtime', 'overlay.json'].map((path) => statSync(kept(path)).ino)).toEqual(before);
  });
});
