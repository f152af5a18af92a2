import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GO_VERSIONS } from '../support/go_build.ts';
import { fewOrAll, mapauditGo } from '../support/mapaudit_go.ts';

/** Two goroutines write one map, one after the other, and nothing orders them. */
const RACY = `package main

import "time"

var texts = map[string]int{"a": 1}
var numbers = map[uint64]int{1: 1}
var pairs = map[[3]int]int{{}: 1}

//go:noinline
func write() {
	texts["b"] = 2
	numbers[2] = 2
	pairs[[3]int{1}] = 2
}

//go:noinline
func remove() {
	delete(texts, "none")
	delete(numbers, 9)
	delete(pairs, [3]int{9})
}

func main() {
	go write()
	time.Sleep(500 * time.Millisecond)
	go remove()
	time.Sleep(500 * time.Millisecond)
}
`;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapaudit-detector-'));
  writeFileSync(join(folder, 'go.mod'), 'module racy\n\ngo 1.18\n');
  writeFileSync(join(folder, 'main.go'), RACY);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Functions of both stacks of each report, and the line in the file. */
function stacksOf(report: string): string[][] {
  const stacks = report.matchAll(/^(?:Write|Previous write) at .*\n((?: {2}.*\n)+)/gm);
  return [...stacks].map(([, text = '']) =>
    [...text.matchAll(/^ {2}([\w.]+)\(\)$/gm)].map(([, name = '']) => name),
  );
}

describe('what the race detector tells of a hooked program', () => {
  for (const version of fewOrAll(['1.26.8'], GO_VERSIONS))
    it(`names who called the operation while each one's end is recorded, with Go ${version}`, () => {
      const out = join(folder, `racy-${version}`);
      const built = mapauditGo(['build', '-race', '-o', out, '.'], {
        cwd: folder,
        version,
        env: { CGO_ENABLED: '1' },
      });
      expect(built.status, built.stderr).toBe(0);
      const run = (MAPAUDIT: string): string[][] => {
        const env = { ...process.env, MAPAUDIT, GORACE: 'exitcode=0' };
        return stacksOf(spawnSync(out, { env, encoding: 'utf8' }).stderr);
      };
      const recorded = run('record=last:100');
      expect(recorded.map((stack) => stack[1])).toEqual([
        ...['main.remove', 'main.write', 'main.remove', 'main.write', 'main.remove', 'main.write'],
      ]);
      expect(recorded).toEqual(run(''));
    });
});
