import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/agent/explain.ts';
import { MapauditError } from '../../src/base/errors.ts';
import type { ExplainReport, ExplainSite } from '../../src/protocol/explain_report.ts';
import { fakeMapaudit } from '../cli/child.ts';
import { type Build, buildGo } from '../support/go_build.ts';

const ask = (where: string, version = '1.26.8', build: Build = 'default'): ExplainReport =>
  explain({ subject: { type: 'file', path: buildGo('explain', version, build) }, where });

const only = (where: string, call: string, version?: string, build?: Build): ExplainSite => {
  const found = ask(where, version, build).sites.filter((site) => site.function === call);
  expect(found).not.toEqual([]);
  return found[0]!;
};

/** The error of a question, as `code: message / hint`. */
function errorOf(where: string, version?: string, build?: Build): string {
  try {
    ask(where, version, build);
    return 'no error';
  } catch (error) {
    if (!(error instanceof MapauditError)) throw error;
    return `${error.code}: ${error.message} / ${error.hint ?? ''}`;
  }
}

describe('why', () => {
  test.each([
    ['main.strings', 'runtime.mapassign_faststr', /key, string, is a string/],
    ['main.named', 'runtime.mapassign_faststr', /key, main\.Named, is a string/],
    ['main.words4', 'runtime.mapassign_fast32', /4 bytes of plain memory/],
    ['main.words8', 'runtime.mapdelete_fast64', /8 bytes of plain memory without pointers/],
    ['main.pointers', 'runtime.mapassign_fast64ptr', /garbage collector/],
    ['main.pointers', 'runtime.mapdelete_fast64', /only writes have a variant/],
    ['main.special', 'runtime.mapassign', /neither a string nor 4 or 8 bytes/],
    ['main.elements', 'runtime.mapdelete', /element, main\.Big, has 320 bytes: above 128/],
    ['main.elements', 'runtime.mapaccess2_fat', /main\.Huge, has 1600 bytes, more than 1024/],
    ['main.reads', 'runtime.mapaccess2_faststr', /the form with ok/],
    ['main.wipe', 'runtime.mapclear', /clear\(m\), or a range loop that only deletes/],
    ['main.escaping', 'runtime.makemap_small', /escapes.*given no type/],
    ['main.hinted', 'runtime.makemap', /its header is allocated/],
    ['main.onStack', 'runtime.makemap', /the header lies on the stack/],
  ])('%s calls %s', (where, call, reason) => {
    expect(only(where, call).why.join('\n')).toMatch(reason);
  });

  test('of what differs between releases and builds', () => {
    const wrapper = 'since Go 1.27 it is a wrapper, which calls its mapaccess2 namesake';
    expect(only('main.reads', 'runtime.mapaccess1_faststr', '1.27.4').why).toContain(wrapper);
    expect(only('main.reads', 'runtime.mapaccess1_faststr', '1.26.8').why).not.toContain(wrapper);
    expect(only('main.wipe', 'runtime.mapclear', '1.18.10')).toMatchObject({
      construct: 'for k := range m { delete(m, k) }',
    });
    expect(only('main.cleared', 'runtime.mapclear', '1.26.8', 'race')).toMatchObject({
      construct: 'clear(m)',
    });
    expect(only('main.wipe', 'runtime.mapclear').construct).toBeUndefined();
    const pair = /in a -race build m\[k\] op= v is both/;
    expect(only('main.updates', 'runtime.mapassign_faststr', '1.26.8', 'race').why.join()).toMatch(pair);
    expect(only('main.updates', 'runtime.mapaccess1_faststr').why.join()).toMatch(
      /m\[k\] \/= v and m\[k\] %= v/,
    );
  });
});

describe('a function that was inlined', () => {
  test('everywhere is found where it went', () => {
    const report = ask('main.small');
    expect(report.place).toEqual({ function: 'main.small', inlined_everywhere: true });
    const chains = report.sites.map((site) => site.frames.map((frame) => frame.function));
    expect(chains).toEqual([
      ['main.small', 'main.caller'],
      ['main.small', 'main.smaller', 'main.caller'],
    ]);
  });
  test('nowhere, as with -N -l, stands for itself', () => {
    const report = ask('main.small', '1.26.8', 'N');
    expect(report.place).toEqual({ function: 'main.small' });
    expect(report.sites.map((site) => site.frames.length)).toEqual([1]);
  });
  test('is an operation of the function and of the line that it went into', () => {
    const [first] = ask('main.small').sites;
    const line = first?.frames.at(-1)?.line;
    const addresses = ask(`programs/explain/main.go:${line}`).sites.map((site) => site.address);
    expect(addresses).toEqual([first?.address]);
    expect(ask('main.caller').sites.length).toBe(2);
  });
});

describe('generic code', () => {
  test('that is not inlined has the types that its callers pass', () => {
    for (const version of ['1.21.13', '1.26.8', '1.27.4']) {
      const { sites } = ask('main.get', version);
      expect(sites.map((site) => site.maps.map((map) => map.type).join()).sort()).toEqual([
        'map[string]int',
        'map[uint64]string',
      ]);
      for (const site of sites) expect(site.maps_from).toBe('dictionary');
    }
  });
  test('says so where a closure hides the dictionary', () => {
    const site = only('main.(*Cache).later', 'runtime.mapdelete_fast64');
    expect(site).toMatchObject({ maps: [], maps_incomplete: true, maps_from: 'dictionary' });
    expect(site.why.join()).toContain('comes from the dictionary');
  });
  test('has the type of the shape up to 1.19', () => {
    const site = only('main.(*Cache).put', 'runtime.mapassign_fast64ptr', '1.18.10');
    expect(site.maps[0]?.type).toContain('go.shape.');
    expect(site.why.join()).toContain('that of the shape');
  });
});

describe('what is wrong is said, with what is next', () => {
  test.each([
    ['main.strigns', /^explain-unknown-function: .* \/ Did you mean main\.strings/],
    ['Cache.put', /^explain-unknown-function: .*main\.\(\*Cache\)\.put/],
    ['qwertyuiop', /^explain-unknown-function: .*nothing calls is not in the binary/],
    ['init', /^explain-ambiguous-function: init can be \d+ functions/],
    ['map.go', /^explain-ambiguous-file: map\.go can be \d+ files:\n[^]*maps\/map\.go/],
    ['mian.go:3', /^explain-unknown-file: .* \/ Did you mean/],
    [
      'programs/explain/main.go:1',
      /^explain-no-code: there is no code for line 1 of .*nearest line with code: \d+\.$/,
    ],
    ['main.nothing', /^explain-no-map-operation: main\.nothing calls no map function/],
  ])('%s', (where, message) => {
    expect(errorOf(where)).toMatch(message);
    expect(errorOf(where, '1.26.8', 'stripped')).toBe(errorOf(where));
  });

  test('a line with code and no map operation names those that have some', () => {
    const text = readFileSync(new URL('../programs/explain/main.go', import.meta.url), 'utf8');
    const line = text.split('\n').indexOf('\treturn tiny(m)') + 1;
    expect(errorOf(`programs/explain/main.go:${line}`)).toMatch(
      new RegExp(`^explain-no-map-operation: line ${line} of .*In this file, lines \\d+ and \\d+ do`),
    );
  });

  test('inlined everywhere, and no map operation: says where it went', () => {
    expect(errorOf('main.tiny')).toMatch(/inlined wherever it is called, into\n +\S+ at \S+\.go:\d+/);
  });

  test('no type that matches', () => {
    const path = buildGo('explain');
    expect(() => explain({ subject: { type: 'file', path }, map: 'NoSuchType' })).toThrow(
      expect.objectContaining({ code: 'explain-no-map-operation' }) as Error,
    );
  });
});

test('a process is explained by the binary that it runs', async () => {
  const child = spawn(buildGo('hot'), [], { stdio: 'ignore' });
  try {
    await new Promise((resolve) => child.once('spawn', resolve));
    const report = explain({ subject: { type: 'pid', pid: child.pid! }, where: 'main.newSession' });
    expect(report.sites.some((site) => site.function === 'runtime.mapassign_faststr')).toBe(true);
  } finally {
    child.kill('SIGKILL');
  }
});

test('the text is aligned, and names every reason by number', async () => {
  const { stdout } = await fakeMapaudit(['explain', './server', 'shop.(*Cache).evict']);
  const lines = stdout.split('\n');
  const heading = lines.find((line) => line.includes('CALLS')) ?? '';
  const row = lines.find((line) => line.includes('cache.go:88')) ?? '';
  expect(row.indexOf('runtime.mapdelete_faststr')).toBe(heading.indexOf('CALLS'));
  expect(row.indexOf('map[string]*shop.Session')).toBe(heading.indexOf('MAP'));
  expect(row.trimEnd().endsWith('1 2')).toBe(true);
  expect(stdout).toContain('inlined into shop.(*Cache).janitor cache.go:61');
  expect(stdout).toContain('  1  the key is a string');
});

test.each([
  [['explain'], 'usage-no-target'],
  [['explain', './x'], 'usage-no-place'],
  [['explain', './x', 'main.f', '--map', 'x'], 'usage-contradiction'],
  [['explain', './x', 'main.f', '-p', '1'], 'usage-contradiction'],
  [['explain', './x', '--map', '('], 'usage-regex'],
])('%j is a mistake of the command line', async (args, code) => {
  const { code: exit, stderr } = await fakeMapaudit(args);
  expect(stderr).toContain(code);
  expect(exit).toBe(2);
});
