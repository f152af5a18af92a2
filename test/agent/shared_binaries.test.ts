import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SharedBinaries } from '../../src/agent/shared_binaries.ts';
import { type FileSource, openFile } from '../../src/sys/file_source.ts';
import { buildGo } from '../support/go_build.ts';
import { inFolder } from './support.ts';

const isOpen = (file: FileSource): boolean => file.read(0, 1) !== undefined;

it('a binary is open once, as long as somebody holds it', async () => {
  await inFolder((folder) => {
    const path = join(folder, 'program');
    copyFileSync(buildGo('manymaps'), path);
    const shared = new SharedBinaries();
    const files = [openFile(path), openFile(path)] as const;
    const [first, second] = files.map((file) => shared.hold(file, path));
    expect(second?.binary).toBe(first?.binary);
    expect(files.map(isOpen)).toEqual([true, false]);
    first?.close();
    first?.close();
    expect(isOpen(files[0])).toBe(true);
    second?.close();
    expect(isOpen(files[0])).toBe(false);
    const again = shared.hold(openFile(path), path);
    expect(again.binary).not.toBe(first?.binary);
    again.close();
  });
});

it('a file that was written to is another binary', async () => {
  await inFolder((folder) => {
    const path = join(folder, 'program');
    copyFileSync(buildGo('manymaps'), path);
    const shared = new SharedBinaries();
    const before = shared.hold(openFile(path), path);
    appendFileSync(path, 'x');
    const after = shared.hold(openFile(path), path);
    expect(after.binary).not.toBe(before.binary);
    before.close();
    after.close();
  });
});

it('what is no Go program is closed at once, and asked again', async () => {
  await inFolder((folder) => {
    const path = join(folder, 'text');
    writeFileSync(path, 'no program');
    const shared = new SharedBinaries();
    for (const file of [openFile(path), openFile(path)]) {
      expect(() => shared.hold(file, path)).toThrow(expect.objectContaining({ code: 'elf-not-elf' }));
      expect(isOpen(file)).toBe(false);
    }
  });
});
