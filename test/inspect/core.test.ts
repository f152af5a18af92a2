import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CoreTarget, openCoreTarget } from '../../src/agent/core_target.ts';
import { inspectLines } from '../../src/agent/inspect.ts';
import { isMapauditError } from '../../src/base/errors.ts';
import { evaluate, mapHeader } from '../../src/inspect/expr/evaluate.ts';
import { packageScope } from '../../src/inspect/expr/scope.ts';
import { findMapsWithoutDebug } from '../../src/inspect/find/bare.ts';
import { findMaps } from '../../src/inspect/find/find_maps.ts';
import type { Program } from '../../src/inspect/place/program.ts';
import { parkedGoroutines } from '../../src/inspect/stack/goroutines.ts';
import { unwind } from '../../src/inspect/stack/unwind.ts';
import type { InspectLine } from '../../src/protocol/inspect.ts';
import { type Build, buildGo } from '../support/go_build.ts';
import { startVars } from '../debug/vars.ts';
import { type CoreFolder, coreFolder, CRASHING, writesCoreFiles } from './cores.ts';
import { differences, isShown, readMap } from './ledger_check.ts';
import { type LedgerMap, type MapsProgram, startMapsIn } from './program.ts';

interface Runtime {
  readonly go: string;
  readonly build: Build;
  readonly flavour: string;
  readonly experiment?: string;
}

const RUNTIMES: readonly Runtime[] = [
  { go: '1.21.13', build: 'pie', flavour: 'classic' },
  { go: '1.23.12', build: 'stripped', flavour: 'classic' },
  { go: '1.24.13', build: 'default', flavour: 'classic', experiment: 'noswissmap' },
  { go: '1.24.13', build: 'pie', flavour: 'swiss' },
  { go: '1.26.8', build: 'stripped', flavour: 'swiss' },
  { go: '1.27.4', build: 'cgo', flavour: 'swiss-split', experiment: 'mapsplitgroup' },
];

const start = (folder: CoreFolder, binary: string, ...args: string[]): Promise<MapsProgram> =>
  startMapsIn({ cwd: folder.path, env: CRASHING }, binary, ...args);

/** Runs with an open core, and closes it. */
function withCore<T>(run: (target: CoreTarget) => T, core: string, exe?: string): T {
  const target = openCoreTarget(core, exe);
  try {
    return run(target);
  } finally {
    target.close();
  }
}

/** All maps of a core against what the program wrote down. Gives the number of slots. */
function check(core: string, { maps }: MapsProgram): number {
  return withCore(({ program }) => {
    let slots = 0;
    for (const map of maps.filter(({ address }) => address !== 0)) {
      const result = readMap(program, map);
      const { entries, empty, tombstones } = result.scan.totals;
      slots += entries + empty + tombstones;
      expect(differences(result, map)).toEqual([]);
    }
    return slots;
  }, core);
}

describe('a core decodes to what the program says of its maps', { timeout: 300_000 }, () => {
  it.each(RUNTIMES)('go$go $build $experiment', async ({ go, build, flavour, experiment }) => {
    const folder = coreFolder();
    const program = await start(folder, buildGo('maps', go, build, experiment));
    try {
      expect(program.target.binary.flavour).toBe(flavour);
      expect(check(folder.gcore(program.target.pid), program)).toBeGreaterThan(1_000_000);
      if (!writesCoreFiles()) return;
      expect(check(await folder.abort(program.target.pid), program)).toBeGreaterThan(1_000_000);
    } finally {
      program.stop();
      folder.remove();
    }
  });
});

/** What can be asked of a program, as text. */
function answers(program: Program, expressions: readonly string[]): unknown {
  const { debug } = program;
  const found =
    debug === undefined ? findMapsWithoutDebug(program) : findMaps(program, debug, { stacks: true });
  const scope = debug === undefined ? undefined : packageScope(program, debug);
  const values = expressions.map((text) => {
    if (scope === undefined) return text;
    const { type, address } = evaluate(text, { program, scope });
    return [text, type.name, address];
  });
  const stacks = [...parkedGoroutines(program)].map((g) => [
    g.goid,
    ...[...unwind(program, g)].map((f) => f.function),
  ]);
  const maps = found.maps.map(({ name, header, type, where }) => [name, header, type.name, where]);
  return { values, maps, stacks: stacks.filter((stack) => stack.includes('main.park')) };
}

describe('a core answers what the process answered', { timeout: 300_000 }, () => {
  it.each<[string, Build]>([
    ['1.21.13', 'pie'],
    ['1.24.13', 'default'],
    ['1.26.8', 'pie'],
    ['1.26.8', 'stripped'],
    ['1.27.4', 'cgo'],
  ])('go%s %s', async (go, build) => {
    const folder = coreFolder();
    const vars = await startVars(go, build);
    try {
      const expressions = vars.said.flatMap(({ expr }) => (expr === '' ? [] : [expr]));
      const live = answers(vars.program, expressions);
      withCore(({ program }) => {
        expect(answers(program, expressions)).toEqual(live);
        if (program.debug === undefined) return;
        const scope = packageScope(program, program.debug);
        for (const { expr, header } of vars.said.filter((one) => one.expr !== '' && one.header !== undefined))
          expect([expr, mapHeader(evaluate(expr, { program, scope }))]).toEqual([expr, header]);
      }, folder.gcore(vars.pid));
    } finally {
      vars.stop();
      folder.remove();
    }
  });
});

describe('a core and its program', { timeout: 300_000 }, () => {
  const folder = coreFolder();
  const own = join(folder.path, 'maps');
  let program: MapsProgram;
  let core: string;

  beforeAll(async () => {
    copyFileSync(buildGo('maps', '1.26.8'), own);
    program = await start(folder, own, '-small');
    core = folder.gcore(program.target.pid);
    program.stop();
  });
  afterAll(() => {
    program.stop();
    folder.remove();
  });

  const failure = (path: string, exe?: string): readonly [string, string, string | undefined] => {
    try {
      withCore(() => undefined, path, exe);
    } catch (error) {
      if (isMapauditError(error)) return [error.code, error.message, error.hint];
      throw error;
    }
    return ['none', '', undefined];
  };

  /** A copy of a program without build ids: its notes are called something else. */
  function withoutNotes(exe: string, name: string): string {
    const bytes = readFileSync(exe);
    const table = Number(bytes.readBigUInt64LE(32));
    for (let i = 0; i < bytes.readUInt16LE(56); i++)
      if (bytes.readUInt32LE(table + i * 56) === 4) bytes.writeUInt32LE(0, table + i * 56);
    const copy = join(folder.path, name);
    writeFileSync(copy, bytes);
    return copy;
  }

  it('finds its program by itself', () => {
    withCore(({ exe }) => expect(exe).toBe(own), core);
  });

  it('is inspected as a process is, and says what is missing', async () => {
    const number = program.maps.findIndex(({ name }) => name === 'string/int64, filled 53');
    const inspect = async (path: string): Promise<readonly InspectLine[]> => {
      const question = {
        core: path,
        exe: own,
        subject: { type: 'expr', expr: `main.keep[${number}].(map[string]int64)` },
        view: 'entries',
        limits: { text: 100, items: 10, pointers: 1 },
        timeoutMs: 1000,
      } as const;
      const lines: InspectLine[] = [];
      for await (const batch of inspectLines(question, new AbortController().signal)) lines.push(...batch);
      return lines;
    };
    const lines = await inspect(core);
    expect(lines[0]).toMatchObject({ type: 'map', len: 53, consistent: true, core: true });
    const entries = lines.flatMap((line) =>
      line.type === 'entry' ? [[line.key.text, line.value.text]] : [],
    );
    expect(new Map(entries as [string, string][])).toEqual(program.maps[number]!.entries);
    expect(lines.at(-1)).toMatchObject({ type: 'summary', ended: 'done', inspected: { consistent: true } });
    const cut = join(folder.path, 'short');
    copyFileSync(core, cut);
    // What gcore writes last are tables that nobody needs, and before them what tells of threads and files.
    truncateSync(cut, statSync(core).size - 6000);
    const [notice, map] = await inspect(cut);
    expect([notice, map]).toMatchObject([
      { type: 'notice', code: 'core-cut-off' },
      { type: 'map', len: 53 },
    ]);
  });

  it('is refused with another program, and with another build of it', () => {
    for (const exe of [
      buildGo('maps', '1.26.8', 'stripped'),
      buildGo('maps', '1.26.8', 'pie'),
      buildGo('maps', '1.21.13', 'pie'),
      buildGo('vars', '1.26.8'),
    ]) {
      const [code, message, hint] = failure(core, exe);
      expect([exe, code]).toEqual([exe, 'core-other-exe']);
      expect(message).toMatch(
        /gcore\.\d+ is not a core of .*: it is of build \S+, the program is build \S+$/,
      );
      expect(hint).toMatch(/--exe/);
    }
  });

  it('is refused with another program that has no build id', () => {
    const others = [buildGo('maps', '1.26.8', 'pie'), buildGo('maps', '1.25.8'), buildGo('vars', '1.26.8')];
    for (const [i, exe] of others.entries())
      expect(failure(core, withoutNotes(exe, `other${i}`))[0]).toBe('core-other-exe');
    expect(failure(core, withoutNotes(own, 'same'))[0]).toBe('none');
  });

  it('of a stripped program is read with the one that was stripped', async () => {
    const stripped = join(folder.path, 'stripped');
    execFileSync('strip', ['-o', stripped, own]);
    const running = await start(folder, stripped, '-small');
    const path = folder.gcore(running.target.pid);
    running.stop();
    withCore(({ program: found }) => expect(found.debug).toBeUndefined(), path);
    withCore(
      ({ program: found }) => {
        expect(found.debug).toBeDefined();
        for (const map of running.maps.filter(({ address }) => address !== 0))
          expect(differences(readMap(found, map), map)).toEqual([]);
      },
      path,
      own,
    );
  });

  it('says so when there is no such program any more, and when a file is no core', () => {
    const [code, message, hint] = failure(own);
    expect([code, message]).toEqual(['core-not-core', `${own} is not a core dump but a program`]);
    expect(hint).toMatch(/--core/);
    expect(failure(join(folder.path, 'none'))[0]).toBe('no-such-file');
    expect(failure(core, join(folder.path, 'none'))[0]).toBe('no-such-file');
    const away = join(folder.path, 'away');
    execFileSync('mv', [own, away]);
    try {
      expect(failure(core)).toEqual([
        'core-no-exe',
        `${core} is a core of ${own}, which is not there`,
        'Give the program that ran by --exe FILE.',
      ]);
      expect(failure(core, away)[0]).toBe('none');
    } finally {
      execFileSync('mv', [away, own]);
    }
  });

  /** What comes of reading a core of which a share is left. */
  function outcomesOfCut(path: string, running: MapsProgram): ReadonlySet<string> {
    const cut = join(folder.path, 'cut');
    copyFileSync(path, cut);
    const outcomes = new Set<string>();
    for (const share of [0.9, 0.5, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001, 0.0001, 0]) {
      truncateSync(cut, 8192 + Math.floor(statSync(path).size * share));
      const [code] = failure(cut, own);
      outcomes.add(code);
      if (code !== 'none') continue;
      withCore(
        ({ program: found }) => {
          expect(found.core.cutOff).toBe(true);
          for (const map of running.maps.filter(({ address }) => address !== 0))
            outcomes.add(partOf(found, map));
        },
        cut,
        own,
      );
    }
    return outcomes;
  }

  it('shows of a core that was cut off what is there, and nothing else', async () => {
    const expected = [
      'none',
      'all',
      'some',
      'not-a-map',
      'unreadable-memory',
      'core-incomplete',
      'core-corrupt',
    ];
    // gcore writes memory first, and then what tells of threads and files; the kernel does the reverse.
    const cores = [{ path: core, of: program }];
    if (writesCoreFiles()) {
      const running = await start(folder, own, '-small');
      cores.push({ path: await folder.abort(running.target.pid), of: running });
    }
    for (const { path, of } of cores) {
      const outcomes = outcomesOfCut(path, of);
      expect([...outcomes].filter((code) => !expected.includes(code))).toEqual([]);
      expect(outcomes).toContain('core-incomplete');
      expect(outcomes).toContain('all');
    }
  });
});

/** Reads a map of a core that was cut off: what is shown must be right. */
function partOf(program: Program, map: LedgerMap): string {
  try {
    const { entries, scan } = readMap(program, map);
    const readable = entries.filter(({ key, value }) => !key.unreadable && !value.unreadable);
    const wrong = readable.filter(({ key, value }) => !isShown(map.entries.get(key.text) ?? 'none', value));
    expect(wrong).toEqual([]);
    if (entries.length === map.entries.size) return 'all';
    expect(scan.consistent).toBe(false);
    return 'some';
  } catch (error) {
    if (isMapauditError(error)) return error.code;
    throw error;
  }
}
