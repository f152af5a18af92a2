import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { pid as toPid } from '../../src/model/ids.ts';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { lifeOf, processFacts } from '../../src/sys/proc/process.ts';
import { buildGo } from '../support/go_build.ts';
import { buildFor, buildWithGccgo, errorCode, inFolder, mapaudit, type Running, running } from './support.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Deletes of one call of `keys` there. */
const DELETES = 7;

const ATTACHED = '"type":"attached"';

/** Starts the program of test/programs/life; some of what it does waits for a byte on stdin. */
function begun(what: string, program = buildGo('life')): ChildProcess {
  const child = spawn(program, [what], { stdio: ['pipe', 'ignore', 'ignore'] });
  started.push(child);
  return child;
}

const life = (what: string, program = buildGo('life')): string => String(begun(what, program).pid);

/** Starts mapaudit. */
function watching(...args: readonly string[]): Running {
  const run = running(...args);
  started.push(run.child);
  return run;
}

/** Runs the program once with each argument, to its end, while `trace --exe` looks on. */
async function tracedRuns(
  program: string,
  runs: readonly string[],
  ...flags: string[]
): Promise<{ out: string; err: string; pids: readonly number[] }> {
  const trace = watching('trace', '--exe', program, '--json', '--duration', '60s', ...flags);
  await trace.printed(ATTACHED);
  const pids = runs.map((run) => spawnSync(program, [run]).pid);
  await sleep(500);
  trace.child.kill('SIGINT');
  await trace.ended;
  return { out: trace.out(), err: trace.err(), pids };
}

function eventsOf(out: string): TraceEvent[] {
  const lines = out.split('\n').filter((line) => line.startsWith('{"type":"event"'));
  return lines.map((line) => JSON.parse(line) as TraceEvent);
}

const summaryOf = (out: string): Summary => JSON.parse(out.trim().split('\n').at(-1) ?? '') as Summary;

describe('what targets do to an audit', { timeout: 120_000 }, () => {
  it('gives way to whoever overwrites the file, and comes back', async () => {
    await inFolder(async (folder) => {
      const program = join(folder, 'life');
      copyFileSync(buildGo('life'), program);
      const trace = watching('trace', '--exe', program, '--json', '--duration', '60s', '--op', 'delete');
      await trace.printed(ATTACHED);
      const before = spawnSync(program, ['once'], { timeout: 20_000 }).pid;
      // In place: the same inode, other code at other places.
      const other = buildGo('life', '1.26.8', 'N');
      const copy = spawn('sh', ['-c', `cat '${other}' > '${program}'`]);
      expect((await once(copy, 'exit'))[0]).toBe(0);
      await trace.printed(ATTACHED, 2);
      const after = spawnSync(program, ['once'], { timeout: 20_000 });
      expect(after.status).toBe(0);
      await sleep(500);
      trace.child.kill('SIGINT');
      await trace.ended;
      expect(trace.err()).toContain('file-overwritten');
      for (const pid of [before, after.pid])
        expect(eventsOf(trace.out()).filter((event) => event.pid === pid)).toHaveLength(DELETES);
    });
  });

  it('maps that take the place of others get numbers of their own', async () => {
    const target = begun('reuse');
    const trace = watching('trace', '-p', String(target.pid), '--map', 'map.string.int', '--json');
    await trace.printed(ATTACHED);
    target.stdin?.write('x');
    // Two of each map; the program stays until they have been looked at.
    await trace.printed('"op":"delete"', 100);
    target.stdin?.write('x');
    await trace.ended;
    const made = eventsOf(trace.out()).filter((e) => e.op === 'assign' && e.key?.text === '"a"');
    expect(made).toHaveLength(50);
    expect(new Set(made.map((e) => e.map.id)).size).toBe(50);
  });

  it('--key compares a string key with the string itself', () => {
    const pid = life('keys');
    for (const glob of ['a"b', 'C:\\\\dir', 'C:?dir', 'tab?x', 'longlong*', 'l?ng*']) {
      const outcome = mapaudit(
        'trace',
        '-p',
        pid,
        '--key',
        glob,
        '--count',
        '2',
        '--duration',
        '30s',
        '--json',
      );
      expect([glob, eventsOf(outcome.out).length]).toEqual([glob, 2]);
    }
  });

  for (const [version, build] of [
    ['1.26.8', 'default'],
    ['1.26.8', 'pie'],
    ['1.18.10', 'stripped'],
  ] as const)
    it(`maps of types made at run time are named, with their keys (${version}, ${build})`, () => {
      const pid = life('reflect', buildGo('life', version, build));
      const outcome = mapaudit('trace', '-p', pid, '--map', '.', '--count', '1500', '--json');
      const seen = new Map(eventsOf(outcome.out).map((e) => [e.map.type, e.key?.text]));
      expect(Object.fromEntries(seen)).toEqual({
        'map[string]main.big': '"dyn"',
        'map[[3]uint16][]chan<- int': '[3]uint16{1, 2, 0}',
        'map[struct { A int "json:\\"a\\""; B string }]*main.pair':
          'struct { A int "json:\\"a\\""; B string }{A: 7, B: "seven"}',
        'map[interface {}]map[string]int': '[3]uint16{1, 2, 0}',
      });
      expect(summaryOf(outcome.out).loss.key_unreadable).toBe(0);
    });

  it('operations that --map leaves out for want of a type are counted, and so are keys', async () => {
    // Types made at run time are gone with their process: who could be asked has ended. One that was held up may
    // be asked all the same, but hardly each of them.
    const runs = Array.from({ length: 6 }, () => 'reflectonce');
    const all = await tracedRuns(buildGo('life'), runs);
    const unknown = eventsOf(all.out).filter((e) => e.key?.unreadable === true);
    expect(unknown.length).toBeGreaterThan(0);
    for (const event of unknown) expect(event.map.type).toBeUndefined();
    expect(summaryOf(all.out).loss.key_unreadable).toBe(unknown.length);
    const named = await tracedRuns(buildGo('life'), runs, '--map', 'nothing');
    expect(eventsOf(named.out)).toEqual([]);
    expect(named.err).toMatch(
      /"types-unknown".*"\d+ operations on maps of unknown types were left out by --map"/,
    );
  });

  it('keys of large types are shown in part, and said to be', () => {
    const outcome = mapaudit(
      'trace',
      '-p',
      life('keys'),
      '--key',
      'main.big{A: \\[40]int64{7,*',
      '--count',
      '2',
      '--json',
    );
    const [key] = eventsOf(outcome.out).map((e) => e.key);
    expect(key?.truncated).toBe(true);
    expect(key?.text).toContain('main.big{A: [40]int64{7, 0,');
  });

  it('a program that starts itself anew has left: that is said', async () => {
    const target = begun('told');
    const trace = watching(
      ...['trace', '-p', String(target.pid), '--sample', '1/50', '--duration', '60s', '--json'],
    );
    await trace.printed(ATTACHED);
    await sleep(500);
    target.stdin?.write('x');
    expect(await trace.ended).toBe(0);
    expect(summaryOf(trace.out()).ended).toBe('target-exec');
  });

  it('a program whose first thread has ended has not', async () => {
    const program = begun('headless');
    const pid = toPid(Number(program.pid));
    let facts = processFacts(pid);
    while (facts === undefined) facts = (await sleep(10), processFacts(pid));
    expect(lifeOf(pid, facts.startTime)).toBe('runs');
    program.stdin?.write('x');
    while (processFacts(pid) !== undefined) await sleep(10);
    expect(lifeOf(pid, facts.startTime)).toBe('changing');
    for (const child of started.splice(0)) child.kill('SIGKILL');
    while (lifeOf(pid, facts.startTime) === 'changing') await sleep(10);
    expect(lifeOf(pid, facts.startTime)).toBe('gone');
  });

  it('--exe knows types and keys of processes that are gone before anybody looks', async () => {
    life('keys');
    await sleep(300);
    const once = Array.from({ length: 10 }, () => 'once');
    const { out, pids } = await tracedRuns(buildGo('life'), once, '--op', 'delete');
    const short = eventsOf(out).filter((e) => pids.includes(e.pid ?? 0));
    expect(short).toHaveLength(10 * DELETES);
    for (const event of short) {
      expect(event.map.type).toMatch(/^map\[.*\]int$/);
      expect(event.caller?.function).toBe('main.keys');
      if (event.map.type === 'map[string]int') expect(event.key?.text).toBeDefined();
    }
  });

  for (const build of ['default', 'pie', 'stripped'] as const)
    it(`--exe sees runs of some milliseconds from their first operation to their last (${build})`, async () => {
      const program = buildGo('life', '1.26.8', build);
      const once = Array.from({ length: 20 }, () => 'once');
      const { out, pids } = await tracedRuns(program, once, '--op', 'delete');
      const events = eventsOf(out);
      expect(new Set(events.map((e) => e.pid))).toEqual(new Set(pids));
      expect(events).toHaveLength(pids.length * DELETES);
      for (const event of events) {
        expect(event).toMatchObject({
          goroutine: { start: 'runtime.main' },
          caller: { function: 'main.keys' },
        });
        expect(event.map.type).toMatch(/^map\[(string|main\.big|main\.pair|interface \{\})\]int$/);
      }
      const keysOfPid = (pid: number): unknown[] =>
        events.filter((e) => e.pid === pid).map((e) => e.key?.text);
      const [first = 0, ...others] = pids;
      for (const key of keysOfPid(first)) expect(key).toBeDefined();
      expect(keysOfPid(first)).toContain('main.pair{A: "left", B: "right"}');
      // What an interface holds is of a type that the first run makes known.
      const known = (pid: number): unknown[] => keysOfPid(pid).slice(0, -1);
      for (const pid of others) expect(known(pid)).toEqual(known(first));
    });

  it('--exe refuses what can never be audited instead of waiting for it, as check does', async () => {
    await inFolder((folder) => {
      for (const path of [
        '/bin/ls',
        buildWithGccgo(folder),
        buildFor(folder, '386'),
        join(folder, 'nothing'),
      ])
        for (const command of ['trace', 'top']) {
          const refusal = errorCode(mapaudit(command, '--exe', path, '--duration', '5s', '--json'));
          expect([path, refusal]).toEqual([path, errorCode(mapaudit('check', path, '--json')) ?? '']);
        }
    });
  });

  for (const build of ['default', 'pie'] as const)
    it(`top --once of a program that ends meanwhile still knows types, and has rates (${build})`, async () => {
      const target = begun('keys', buildGo('life', '1.26.8', build));
      const top = watching('top', '-p', String(target.pid), '--once', '--duration', '60s', '--json');
      // It does not say when it is attached.
      await sleep(10_000);
      target.kill('SIGKILL');
      await top.ended;
      const out = top.out();
      const line = out.split('\n').find((text) => text.startsWith('{"type":"snapshot"')) ?? '{}';
      const { counters } = JSON.parse(line) as Snapshot;
      expect(summaryOf(out).ended).toBe('target-exited');
      expect(counters.length).toBeGreaterThan(4);
      for (const row of counters) {
        expect(row).toMatchObject({ caller: 'main.keys' });
        expect(row.map_type).toMatch(/^map\[.*\]int$/);
        expect(row.rate).toBeGreaterThan(0);
      }
    });

  it('names as the caller of a growth the place that made the map grow', () => {
    const outcome = mapaudit(
      'trace',
      '-p',
      life('keys'),
      '--op',
      'grow,assign',
      '--duration',
      '1s',
      '--json',
    );
    const callers = new Set(
      eventsOf(outcome.out)
        .filter((e) => e.op === 'grow')
        .map((e) => e.caller?.function),
    );
    for (const caller of callers) expect(caller).toBe('main.keys');
  });
});
