import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHooked, fewOrAll, goEnv, type GoEnd, mapauditGo } from '../support/mapaudit_go.ts';

/** TestRace has a race that nothing but a look at the map can see; three tests fill a map that nobody empties. */
const PLANTED = `package planted

import (
	"strconv"
	"sync"
	"testing"
)

var sessions = map[string]int{}

func open(n int) { sessions[strconv.Itoa(len(sessions))+"x"] = n }

func fill() {
	for i := 0; i < 500; i++ {
		open(i)
	}
}

func TestLeakA(t *testing.T) { fill() }
func TestLeakB(t *testing.T) { fill() }
func TestLeakC(t *testing.T) { fill() }

func write(m map[int]int, from int) {
	for i := 0; i < 3; i++ {
		m[from+i] = i // the race
	}
}

func TestRace(t *testing.T) {
	for n := 0; n < 2000; n++ {
		m := map[int]int{}
		var wg sync.WaitGroup
		for g := 0; g < 2; g++ {
			from := g * 100
			wg.Add(1)
			go func() {
				defer wg.Done()
				write(m, from)
			}()
		}
		wg.Wait()
	}
}
`;

/** Nothing to tell of: a lock, a table that is filled once, a map that is emptied, one that goes with its test. */
const CLEAN = `package clean

import (
	"sync"
	"testing"
)

var (
	mu    sync.Mutex
	count = map[int]int{}
	table = map[int]int{}
	cache = map[int]int{}
)

func init() {
	for i := 0; i < 5000; i++ {
		table[i] = i
	}
}

func work(t *testing.T) {
	own := map[int]int{}
	var wg sync.WaitGroup
	for g := 0; g < 4; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 500; i++ {
				mu.Lock()
				count[i%50]++
				own[len(own)] = i
				mu.Unlock()
				_ = table[i]
			}
		}()
	}
	wg.Wait()
	for i := 0; i < 2000; i++ {
		cache[len(cache)] = i
	}
	if len(cache) > 5000 {
		for k := range cache {
			delete(cache, k)
		}
	}
}

func TestA(t *testing.T) { work(t) }
func TestB(t *testing.T) { work(t) }
func TestC(t *testing.T) { work(t) }
func TestD(t *testing.T) { work(t) }
`;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapaudit-checks-'));
  for (const [name, text] of Object.entries({ planted: PLANTED, clean: CLEAN })) {
    spawnSync('mkdir', ['-p', join(folder, name)]);
    writeFileSync(join(folder, name, 'go.mod'), `module example.com/${name}\n\ngo 1.18\n`);
    writeFileSync(join(folder, name, 'x_test.go'), text);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const test = (name: string, args: readonly string[], version?: string): GoEnd =>
  mapauditGo(['test', ...args], {
    cwd: join(folder, name),
    ...(version === undefined ? {} : { version }),
  });

const lineOf = (text: string): string =>
  `x_test.go:${PLANTED.split('\n').findIndex((line) => line.includes(text)) + 1}`;

describe.each(fewOrAll(['1.18.10', '1.26.8'], ['1.18.10', '1.21.13', '1.26.8', '1.27.4']))(
  'mapaudit go test with Go %s',
  { timeout: 300_000 },
  (version) => {
    it('--map-races fails the test in which it sees one, with both stacks', () => {
      const end = test('planted', ['./...', '--map-races', '-run', 'Race'], version);
      expect(end.status, end.stderr).toBe(1);
      const said = end.stdout;
      expect(said.match(/WARNING: MAP RACE/g), said).toHaveLength(1);
      const [, told = ''] = said.split('==================');
      expect(told).toMatch(/^map\[int\]int 0x[0-9a-f]+ with \d+ entries: /m);
      expect(told.match(/^assign by goroutine \d+:$/gm)).toHaveLength(2);
      expect(told.split(lineOf('// the race'))).toHaveLength(3);
      expect(told).not.toContain('runtime.mapa');
      // Told before anything else: the runtime may end the test soon after.
      expect(said).toMatch(/--- FAIL: TestRace|fatal error: concurrent map/);
    });

    it('--map-leaks fails a run that leaves a map which only grew', () => {
      const end = test('planted', ['--map-leaks', '-run=Leak', '.'], version);
      expect(end.status, end.stderr).toBe(1);
      expect(end.stdout.match(/WARNING: MAP ONLY GROWS/g)).toHaveLength(1);
      expect(end.stdout).toMatch(/^map\[string\]int 0x[0-9a-f]+ with 1500 entries: it grew in 3 tests/m);
      for (const name of ['open', 'fill', 'TestLeakA']) expect(end.stdout).toContain(`planted.${name}()`);
    });

    it('neither says anything of what is right, and -count is whose it was', () => {
      const end = test('clean', ['-map-races=50%', '-map-leaks=100', '-v', '-count=2', './...'], version);
      expect(end.status, end.stdout + end.stderr).toBe(0);
      expect(end.stdout).not.toContain('WARNING');
      expect(end.stdout.match(/--- PASS: TestA/g)).toHaveLength(2);
    });
  },
);

describe('mapaudit go test', { timeout: 300_000 }, () => {
  it('is plain without them, and afterwards', () => {
    const args = ['-run', 'Leak', '.'];
    expect(test('planted', args).status).toBe(0);
    expect(test('planted', [...args, '--map-leaks']).status).toBe(1);
    const again = test('planted', args);
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('(cached)')]);
    const plain = spawnSync('go', ['test', ...args], {
      cwd: join(folder, 'planted'),
      env: goEnv(),
      encoding: 'utf8',
    });
    expect(plain.status, plain.stderr).toBe(0);
  });

  it('tells it in -json, and with other flags', () => {
    const end = test('planted', ['-json', '-race', '--map-leaks', '-cover', '-run', 'Leak', '.']);
    expect(end.status, end.stderr).toBe(1);
    const events = end.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { Action: string; Test?: string; Output?: string });
    expect(events.filter((one) => one.Action === 'pass' && one.Test !== undefined)).toHaveLength(3);
    expect(events.findLast((one) => one.Test === undefined)?.Action).toBe('fail');
    expect(events.map((one) => one.Output ?? '').join('')).toContain('MAP ONLY GROWS');
    const raced = test('planted', ['-json', '--map-races', '-run', 'Race', '.']);
    expect(raced.stdout, raced.stderr).toMatch(/"Test":"TestRace","Output":"WARNING: MAP RACE/);
    // Of the test itself only where the runtime has not ended the program first.
    expect(raced.stdout).toMatch(/"Action":"fail"/);
    expect(raced.status).toBe(1);
  });

  it('says what is wrong with their values', () => {
    const end = test('planted', ['--map-races=everything', '.']);
    expect([end.status, end.stderr]).toEqual([2, expect.stringContaining('--map-races=50%')]);
  });
});

describe('MAPAUDIT=races', () => {
  it('makes any hooked program tell its races, and end with 66', () => {
    const racy = run('three-writers');
    expect(racy.stderr).toContain('WARNING: MAP RACE');
    if (!racy.stderr.includes('fatal error')) expect(racy.status).toBe(66);
    expect(run('mutex')).toMatchObject({ status: 0, stderr: '' });
  });
});

const run = (name: string): GoEnd =>
  spawnSync(buildHooked('races'), ['-at-once', '-for', '3s', name], {
    env: { ...process.env, MAPAUDIT: 'races,leaks' },
    encoding: 'utf8',
  });
