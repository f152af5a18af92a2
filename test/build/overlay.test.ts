import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MapauditError } from '../../src/base/errors.ts';
import { parseGoVersion } from '../../src/go/version_text.ts';
import type { GoVersion } from '../../src/model/go_version.ts';
import { makeOverlay, type Overlay } from '../../src/probe/build/overlay/overlay.ts';
import { goFunctions } from '../../src/probe/build/overlay/go_source.ts';
import { HOOK_SITES } from '../../src/probe/build/sites.ts';
import { GO_VERSIONS, gorootOf } from '../support/go_build.ts';

const HOOK = fileURLToPath(new URL('../../go/hook/', import.meta.url));
const template = (name: string): string => readFileSync(join(HOOK, `${name}.go.txt`), 'utf8');
const templates = {
  core: template('core'),
  linux: template('linux'),
  race: template('race'),
  leaks: template('leaks'),
};

/** The hook for a release, whose sources may be changed on the way. */
function overlayOf(version: string, change: (path: string, text: string) => string | undefined): Overlay {
  const read = (path: string): string | undefined => {
    const from = join(gorootOf(version), 'src', path);
    return existsSync(from) ? change(path, readFileSync(from, 'utf8')) : undefined;
  };
  return makeOverlay(versionOf(version), read, templates);
}

function versionOf(version: string): GoVersion {
  const parsed = parseGoVersion(`go${version}`);
  if (parsed === undefined) throw new Error(version);
  return parsed;
}

const asItIs = (_path: string, text: string): string => text;

describe('the runtime with the hook', () => {
  for (const version of GO_VERSIONS)
    it(`is Go, with a hook in each function, in Go ${version}`, () => {
      const overlay = overlayOf(version, asItIs);
      for (const [path, text] of overlay) {
        const gofmt = join(gorootOf('1.26.8'), 'bin', 'gofmt');
        if (path.endsWith('.go'))
          execFileSync(gofmt, ['-e'], { input: text, stdio: ['pipe', 'ignore', 'pipe'] });
        expect(text, path).not.toMatch(/@[A-Z_]+@/);
      }
      const all = [...overlay.values()].join('\n');
      for (const [, twin = ''] of all.matchAll(/^func mapaudit_.*\{\n(.*?)^\}$/gms))
        expect(count(twin, /getcallerpc\(\)/gi), twin).toBe(count(twin, /callerpc = mapauditPC/g));
      const families = ['1.24.13', '1.25.8'].includes(version) ? 2 : 1;
      for (const { index, function: name, op } of HOOK_SITES) {
        const hook = new RegExp(`mapaudit(Timed[A-Z]\\w+\\(.*, ${index}, 0|Grow\\(${index}, .*)\\)$`, 'gm');
        const calls = all.match(hook) ?? [];
        expect(calls.length, `${name} (${op})`).toBeLessThanOrEqual(families);
        if (op !== 'grow' && op !== 'iterate') expect(calls.length, name).toBe(families);
      }
    });

  for (const version of ['1.18.10', '1.24.13', '1.27.4'])
    it(`is not made when anything is missing or there twice, in Go ${version}`, () => {
      const changes: [string, (text: string) => string | undefined][] = [];
      for (const path of overlayOf(version, asItIs).keys()) changes.push([path, () => undefined]);
      for (const [path, text] of overlayOf(version, asItIs))
        for (const { name, start, end, bodyAt } of goFunctions(text))
          if (isHooked(text, bodyAt)) {
            const declared = new RegExp(`^(func (?:\\(.*?\\) )?)${name}\\(`, 'm');
            changes.push([path, (before) => before.replace(declared, '$1other(')]);
            changes.push([path, (before) => before + text.slice(start, end)]);
          }
      for (const [path, change] of changes) {
        const run = (): Overlay => overlayOf(version, (at, text) => (at === path ? change(text) : text));
        expect(run, path).toThrow(MapauditError);
      }
      expect(changes.length).toBeGreaterThan(20);
    });
});

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
const isHooked = (text: string, at: number): boolean => /^\tif mapauditMode != 0/.test(text.slice(at));
