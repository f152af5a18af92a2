import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mapaudit-install-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A checkout that needs nothing from a registry, and `install()` of scripts/lib.mjs in it. */
function checkout(name: string): { readonly root: string; readonly install: () => string } {
  const root = join(folder, name);
  mkdirSync(join(root, 'scripts'), { recursive: true });
  cpSync(join(repository, 'scripts/lib.mjs'), join(root, 'scripts/lib.mjs'));
  const lock = { name, lockfileVersion: 3, packages: { '': { name } } };
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name }));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
  const run = `import { install } from './scripts/lib.mjs'; await install().catch((e) => console.log(e.message));`;
  const node = [process.execPath, '--input-type=module', '--eval', run] as const;
  return { root, install: () => spawnSync(node[0], node.slice(1), { cwd: root, encoding: 'utf8' }).stdout };
}

test('npm ci runs in a folder of its own', () => {
  const { root, install } = checkout('own');
  mkdirSync(join(root, 'node_modules', 'left-over'), { recursive: true });
  expect(install()).toBe('');
  expect(existsSync(join(root, 'node_modules', 'left-over'))).toBe(false);
});

test.each([true, false])('never through a symbolic link (one that leads somewhere: %s)', (leads) => {
  const other = join(folder, 'other', 'node_modules');
  if (leads) mkdirSync(join(other, 'needed'), { recursive: true });
  const { root, install } = checkout('linked');
  symlinkSync(other, join(root, 'node_modules'));
  expect(install()).toContain(`node_modules is a symbolic link to ${other}`);
  expect(existsSync(join(other, 'needed'))).toBe(leads);
});
