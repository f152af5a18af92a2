import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { completeFolder } from './kept_folder.ts';

let home = '';
let folder = '';
const content = {
  files: new Map([
    ['src/a.go', 'package a'],
    ['src/deep/b.go', 'package b'],
    ['overlay.json', '{}'],
  ]),
  links: new Map([['goroot', '/usr']]),
};

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'mapaudit-kept-'));
});
beforeEach(() => {
  folder = mkdtempSync(join(home, 'x'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const inodes = (...names: readonly string[]): readonly number[] =>
  names.map((name) => statSync(join(folder, name)).ino);

/** All of it is there, and nothing else. */
function expectWhole(): void {
  for (const [name, text] of content.files) expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  expect(readlinkSync(join(folder, 'goroot'))).toBe('/usr');
  expect(readdirSync(folder).sort()).toEqual(['goroot', 'overlay.json', 'src']);
}

describe('a folder that several builds use', () => {
  it('is made', () => {
    completeFolder(folder, content);
    expectWhole();
  });

  it('is not touched once it is whole', () => {
    completeFolder(folder, content);
    const before = inodes('.', 'src', ...content.files.keys());
    completeFolder(folder, content);
    expect(inodes('.', 'src', ...content.files.keys())).toEqual(before);
  });

  it('gets what it lacks, and keeps all else where it is', () => {
    completeFolder(folder, content);
    const before = inodes('.', 'src', 'src/a.go');
    rmSync(join(folder, 'src/deep'), { recursive: true });
    rmSync(join(folder, 'goroot'));
    symlinkSync('/nowhere', join(folder, 'goroot'));
    writeFileSync(join(folder, 'overlay.json'), '{');
    completeFolder(folder, content);
    expectWhole();
    expect(inodes('.', 'src', 'src/a.go')).toEqual(before);
  });

  it('says what cannot be put there, and leaves nothing beside it', () => {
    mkdirSync(join(folder, 'overlay.json/other'), { recursive: true });
    expect(() => completeFolder(folder, content)).toThrow(/overlay\.json/);
    expect(readdirSync(folder).sort()).toEqual(['goroot', 'overlay.json', 'src']);
  });
});
