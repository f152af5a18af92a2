import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workingDirectory, workingName } from './working_directory.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mapaudit-wd-')));
  mkdirSync(at('real/below'), { recursive: true });
  mkdirSync(at('go/src'), { recursive: true });
  symlinkSync(at('real'), at('link'));
  symlinkSync(at('go'), at('goroot'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the directory that the go command works in', () => {
  it('is named by PWD where that names it', () => {
    expect(workingDirectory(at('real'), at('link'))).toEqual({ real: at('real'), named: at('link') });
    expect(workingDirectory(undefined, process.cwd()).named).toBe(process.cwd());
  });

  it('is named by the kernel where PWD names another one, none, or names it relatively', () => {
    const plain = { real: at('real'), named: at('real') };
    for (const pwd of [at('link/below'), at('gone'), '', '.', undefined])
      expect(workingDirectory(at('link'), pwd), String(pwd)).toEqual(plain);
  });

  it('goes up from where a link leads', () => {
    expect(workingDirectory(`${at('link/below')}/..`, undefined).real).toBe(at('real'));
    expect(workingDirectory(`${at('link')}/..`, undefined).real).toBe(folder);
    symlinkSync(at('real/below'), at('deep'));
    expect(workingDirectory(`${at('deep')}/..`, undefined).real).toBe(at('real'));
  });

  it('may not be there', () => {
    expect(workingDirectory(at('gone'), at('gone'))).toEqual({ real: at('gone'), named: at('gone') });
  });

  it('has the name of the link to GOROOT beneath it, and its own elsewhere', () => {
    expect(workingName(workingDirectory(at('go/src'), undefined), at('goroot'))).toBe(at('goroot/src'));
    expect(workingName(workingDirectory(at('real'), at('link')), at('goroot'))).toBe(at('link'));
  });
});
