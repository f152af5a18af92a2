import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const script = join(repository, 'scripts/check_imports.mjs');
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

type Rules = { debt: { from: string; to: string; why: string }[]; edges: Record<string, string[]> };

/** A small project with these files, and the real rules unless they are changed. */
function check(files: Record<string, string>, change: (rules: Rules) => void = () => undefined): string {
  const root = mkdtempSync(join(tmpdir(), 'mapaudit-imports-'));
  folders.push(root);
  mkdirSync(join(root, 'scripts'));
  mkdirSync(join(root, 'src'));
  cpSync(join(repository, 'scripts/import_rules.json'), join(root, 'scripts/import_rules.json'));
  const path = join(root, 'scripts/import_rules.json');
  const rules = JSON.parse(readFileSync(path, 'utf8')) as Rules;
  change(rules);
  writeFileSync(path, JSON.stringify(rules));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'src', name)), { recursive: true });
    writeFileSync(join(root, 'src', name), text);
  }
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  return status === 0 ? `fine: ${stdout.trim()}` : stderr.trim();
}

test.each([
  [
    'upward',
    { 'model/a.ts': `import { b } from '../stream/b.ts';` },
    'src/model/a.ts:1: model may not import stream',
  ],
  [
    'also for types',
    { 'base/a.ts': `\nimport type { B } from '../model/b.ts';` },
    'src/base/a.ts:2: base may not import model',
  ],
  ['re-exports', { 'base/a.ts': `export * from '../model/b.ts';` }, 'base may not import model'],
  ['dynamic imports', { 'cli/a.ts': `const a = await import('../store/b.ts');` }, 'cli may not import store'],
  ['import types', { 'cli/a.ts': `let a: import('../sys/b.ts').B;` }, 'cli may not import sys'],
  ['stream sees no probe', { 'stream/a.ts': `import '../probe/b.ts';` }, 'stream may not import probe'],
  ['stream sees no sys', { 'stream/x/a.ts': `import '../../sys/b.ts';` }, 'stream may not import sys'],
  ['cli sees no probe', { 'cli/a.ts': `import '../probe/b.ts';` }, 'cli may not import probe'],
  ['tui sees protocol only', { 'tui/a.tsx': `import '../model/b.ts';` }, 'tui may not import model'],
  ['the page sees protocol only', { '../web/a.ts': `import '../src/query/b.ts';` }, 'web may not import'],
  ['the page has its packages', { '../web/a.ts': `import 'ink';` }, 'web may not import ink'],
  [
    'koffi only in sys',
    { 'probe/a.ts': `import koffi from 'koffi';` },
    'probe may not import the package koffi',
  ],
  ['unknown packages', { 'cli/a.ts': `import 'left-pad/x';` }, 'the package left-pad is not in the list'],
  [
    'pure folders',
    { 'go/a.ts': `import { readFileSync } from 'node:fs';` },
    'go is pure and may not import node:fs',
  ],
  ['unknown folders', { 'misc/a.ts': '' }, 'the folder misc is not in scripts/import_rules.json'],
  ['out of src', { 'cli/a.ts': `import '../../test/x.ts';` }, 'cli imports from outside of src'],
])('planted: %s', (_name, files, message) => {
  expect(check(files as unknown as Record<string, string>)).toContain(message);
});

test('what is allowed', () => {
  const files = {
    'go/a.ts': `import type { Stats } from 'node:fs';\nimport { type X } from 'node:os';\nimport '../binary/elf/b.ts';`,
    'go/a.test.ts': `import { readFileSync } from 'node:fs';\nimport { test } from 'vitest';`,
    'sys/a.ts': `import koffi from 'koffi';\nimport 'node:fs';`,
    'cli/a.ts': `import '../tui/b.ts';\nimport '../agent/index.ts';`,
  };
  expect(check(files)).toBe('fine: 4 files, 0 forbidden imports, 0 in debt');
});

test('debt is allowed while it is there, and has to be taken out when it is paid', () => {
  const owe = (rules: Rules): void =>
    void rules.debt.push({ from: 'base/a.ts', to: 'model/b.ts', why: 'planted' });
  expect(check({ 'base/a.ts': `import '../model/b.ts';` }, owe)).toContain('1 in debt');
  expect(check({ 'base/a.ts': '' }, owe)).toContain('the debt base/a.ts -> model/b.ts is paid');
});

test('rules that contradict the order', () => {
  expect(check({}, (rules) => rules.edges['base']?.push('cli'))).toContain(
    'base -> cli does not point upward',
  );
});
