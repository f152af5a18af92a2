import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { busyTarget, errorCode, inFolder, MAPAUDIT } from '../agent/support.ts';
import { Comparer } from '../ledger/compare.ts';
import { readLedger } from '../ledger/rows.ts';
import { background, linesOf, mapaudit, waitingLedger } from './recorded.ts';

/** As the npm package speedscope 1.25.0 publishes it (MIT): dist/release/file-format-schema.json. */
const SPEEDSCOPE = JSON.parse(
  readFileSync(new URL('schema/speedscope.json', import.meta.url), 'utf8'),
) as object;

const OPS = ['delete', 'assign', 'clear', 'grow'];

/** Counts by operation, as `top --once` tells them. */
function countsOf(text: string): Record<string, number> {
  const snapshot = linesOf(text).find((line) => line.type === 'snapshot') as Snapshot | undefined;
  const counts: Record<string, number> = {};
  for (const { op, count } of snapshot?.counters ?? []) counts[op] = (counts[op] ?? 0) + count;
  return counts;
}

const eventsOf = (text: string): TraceEvent[] =>
  linesOf(text).filter((line) => line.type === 'event') as unknown as TraceEvent[];

/** What goroutines did, each in its order; times differ between two probes. */
function byGoroutine(events: readonly TraceEvent[]): Map<number, Done[]> {
  const all = new Map<number, Done[]>();
  for (const { time: _, goroutine, map, ...rest } of events) {
    const { id: __, ...known } = map;
    const own = all.get(goroutine?.id ?? 0) ?? [];
    all.set(goroutine?.id ?? 0, own);
    own.push({ ...rest, map: known, start: goroutine?.start });
  }
  return all;
}

/** An operation without what differs from run to run. */
interface Done {
  readonly key?: TraceEvent['key'];
  readonly map: TraceEvent['map'];
  readonly start: string | undefined;
}

/** Types with keys of any type. */
const ANY: readonly string[] = ['map[main.speaker]int', 'map[interface {}]int'];

/**
 * The same from two probes. What type a key in an interface has is learnt when it first comes, and by each probe at its
 * own time: until then the text inside is cut.
 */
function expectAlike(one: ReadonlyMap<number, Done[]>, other: ReadonlyMap<number, Done[]>): void {
  const isLearnt = ({ key, map }: Done): boolean => key?.truncated !== true || !ANY.includes(map.type ?? '');
  expect([...one.keys()].sort()).toEqual([...other.keys()].sort());
  for (const [goid, list] of one)
    for (const [i, done] of list.entries()) {
      const twin = other.get(goid)?.[i] ?? {};
      const { key: _, ...known } = done;
      if (isLearnt(done) && isLearnt({ ...done, ...twin })) expect(twin).toEqual(done);
      else expect(twin).toMatchObject(known);
    }
}

describe('record and replay', () => {
  it('tell what the program itself wrote down, and what a trace of the same moments told', async () => {
    await inFolder(async (folder) => {
      const [ledger, file, traced] = [
        join(folder, 'l.tsv'),
        join(folder, 'a.mapaudit'),
        join(folder, 't.jsonl'),
      ];
      const target = await waitingLedger(ledger, '-ops', '20000', '-rate', '10000');
      try {
        const common = ['-p', target.pid, '--ring', '16M', '--json'];
        const recorder = background('record', ...common, '-o', file, '--stack=4');
        await recorder.attached();
        const tracer = background('trace', ...common, '-o', traced);
        for (let i = 0; i < 1200 && !hasText(traced); i++) await sleep(50);
        await target.work();
        target.end();
        expect([await recorder.ended(), await tracer.ended()]).toEqual([0, 0]);

        const replayed = mapaudit('replay', file, 'trace', '--json');
        expect([replayed.code, replayed.err]).toEqual([0, '']);
        const events = eventsOf(replayed.out);
        const comparer = new Comparer(await readLedger(ledger), { ops: new Set(OPS), inlines: true });
        for (const event of events) comparer.add(event);
        const { missing, extra, byField, first } = comparer.finish();
        expect({ missing, extra, byField, first }).toEqual({
          missing: 0,
          extra: 0,
          byField: {},
          first: [],
        });
        expect(events.some(({ pid, stack }) => pid !== undefined || stack !== undefined)).toBe(false);

        expectAlike(byGoroutine(events), byGoroutine(eventsOf(readFileSync(traced, 'utf8'))));

        // The probe's own counters, second by second, count the same.
        const summary = linesOf(replayed.out).at(-1) as unknown as Summary;
        const byOp = Object.fromEntries(Object.entries(summary.by_op).map(([op, of]) => [op, of.events]));
        expect(countsOf(mapaudit('replay', file, 'top', '--once', '--json').out)).toEqual(byOp);

        checkViews(file, events, byOp, folder);
      } finally {
        target.program.kill('SIGKILL');
      }
    });
    // Twenty commands, one after the other, over all that was recorded: a minute of a busy machine.
  }, 400_000);

  it('count all where events are sampled, and export scales them to that', async () => {
    await inFolder(async (folder) => {
      const [ledger, file] = [join(folder, 'l.tsv'), join(folder, 'a.mapaudit')];
      const target = await waitingLedger(ledger, '-ops', '20000', '-rate', '10000');
      try {
        const recorder = background(
          'record',
          '-p',
          target.pid,
          '-o',
          file,
          '--json',
          '--sample',
          '1/20',
          '--op',
          'delete',
        );
        await recorder.attached();
        await target.work();
        target.end();
        expect(await recorder.ended()).toBe(0);
        const summary = linesOf(mapaudit('replay', file, '--json').out).at(-1) as unknown as Summary;
        const all = summary.by_op.delete?.events ?? 0;
        expect(all).toBe(summary.events + summary.sampled);
        expect(summary.sampled).toBeGreaterThan(summary.events);
        expect(countsOf(mapaudit('replay', file, 'top', '--once', '--json').out)).toEqual({ delete: all });
        const profile = join(folder, 'p.pb.gz');
        expect(mapaudit('export', 'pprof', file, '-o', profile).code).toBe(0);
        const top = execFileSync('go', ['tool', 'pprof', '-top', profile], { encoding: 'utf8' });
        expect(top).toContain(`of ${all} total`);
        const asked = mapaudit('replay', file, 'trace', '--op', 'delete,assign', '--json');
        expect(asked.err).toContain('assign was not recorded');
      } finally {
        target.program.kill('SIGKILL');
      }
    });
  });
});

const hasText = (path: string): boolean => {
  try {
    return statSync(path).size > 0;
  } catch {
    return false;
  }
};

/** The same file through the other commands. */
function checkViews(
  file: string,
  events: readonly TraceEvent[],
  byOp: Readonly<Record<string, number>>,
  folder: string,
): void {
  const run = (...args: string[]): TraceEvent[] => eventsOf(mapaudit('replay', file, ...args, '--json').out);
  const deletes = events.filter(({ op }) => op === 'delete');
  expect(run('trace', '--op', 'delete')).toEqual(deletes);
  const some = deletes.find(({ key, goroutine }) => key?.text !== undefined && goroutine !== undefined);
  expect(run('--goid', String(some?.goroutine?.id))).toEqual(
    events.filter(({ goroutine }) => goroutine?.id === some?.goroutine?.id),
  );
  expect(run('--map-id', some?.map.address ?? '')).toEqual(
    events.filter(({ map }) => map.address === some?.map.address),
  );
  const strings = events.filter(({ map }) => map.type?.startsWith('map[string]int') === true);
  expect(run('--map', '^map\\[string\\]int')).toEqual(strings);
  expect(run('--site', 'reflect', '--count', '3')).toHaveLength(3);
  const stacked = run('--stack=2', '--count', '50');
  expect(stacked.every(({ stack }) => (stack ?? []).filter((f) => !f.inlined).length <= 3)).toBe(true);
  expect(stacked.some(({ stack }) => (stack ?? []).length > 1)).toBe(true);

  const key = strings.find(({ key: of }) => of?.text?.startsWith('"') === true && of.truncated === false)?.key
    ?.text;
  const whose = run('who', '--key', key ?? '', '--map', '^map\\[string\\]int$');
  expect(whose.every((event) => event.op === 'clear' || event.key?.text === key)).toBe(true);
  expect(whose.length).toBeGreaterThan(0);

  const growths = linesOf(mapaudit('replay', file, 'grow', '--json').out).filter(
    ({ type }) => type === 'event',
  );
  expect(growths.length).toBeGreaterThan(0);

  const profile = join(folder, 'maps.pb.gz');
  expect(mapaudit('export', 'pprof', file, '-o', profile)).toMatchObject({ code: 0, err: '' });
  for (const [op, type] of [
    ['delete', 'map_deletes'],
    ['assign', 'map_assigns'],
    ['clear', 'map_clears'],
    ['grow', 'map_grows'],
  ] as const) {
    const top = execFileSync('go', ['tool', 'pprof', `-sample_index=${type}`, '-top', profile], {
      encoding: 'utf8',
    });
    expect(top).toContain(`of ${byOp[op]} total`);
    expect(top).toContain('main.');
  }
  expect(execFileSync('go', ['tool', 'pprof', '-tags', profile], { encoding: 'utf8' })).toContain(
    'map_type: Total',
  );
  expect(linesOf(mapaudit('export', 'jsonl', file).out)).toHaveLength(events.length);

  const speedscope = JSON.parse(mapaudit('export', 'speedscope', file).out) as {
    profiles: { name: string; endValue: number }[];
  };
  const ajv = new Ajv({ strict: false });
  expect(ajv.validate(SPEEDSCOPE, speedscope), ajv.errorsText()).toBe(true);
  const totals = Object.fromEntries(
    speedscope.profiles.map(({ name, endValue }) => [name.slice(4), endValue]),
  );
  expect(totals).toEqual(byOp);

  const page = join(folder, 'a.html');
  expect(mapaudit('report', file, '-o', page)).toMatchObject({ code: 0, err: '' });
  const text = readFileSync(page, 'utf8');
  expect(text).toContain('<svg');
  expect(text).not.toMatch(/<script|<link|src=|url\(|@import|https?:\/\//);
}

describe('a recording that was not finished', () => {
  it('is read up to its end after kill -9', async () => {
    await inFolder(async (folder) => {
      const target = busyTarget();
      const file = join(folder, 'a.mapaudit');
      try {
        const recorder = background('record', '-p', String(target.pid), '-o', file, '--json');
        await recorder.attached();
        for (let i = 0; i < 600 && statSync(file).size < 100_000; i++) await sleep(50);
        recorder.child.kill('SIGKILL');
        await recorder.ended();
        const { code, out, err } = mapaudit('replay', file, '--json');
        expect(code).toBe(0);
        expect(eventsOf(out).length).toBeGreaterThan(1000);
        expect(linesOf(err).map((line) => (line as { code?: string }).code)).toContain('evidence-truncated');
        const report = mapaudit('report', file, '--json');
        expect(report.code).toBe(0);
        expect(report.out).toContain('has no end');

        // At any byte: all that is whole before it is shown.
        const bytes = readFileSync(file);
        let before = 0;
        for (const share of [0.0001, 0.01, 0.3, 0.5, 0.77, 0.99]) {
          const cut = join(folder, 'cut.mapaudit');
          writeFileSync(cut, bytes.subarray(0, Math.max(1, Math.floor(bytes.length * share))));
          const part = mapaudit('replay', cut, '--json');
          expect(part.code).toBe(0);
          expect(part.err).toContain('evidence-truncated');
          const count = eventsOf(part.out).length;
          expect(count).toBeGreaterThanOrEqual(before);
          before = count;
        }
      } finally {
        target.kill('SIGKILL');
      }
    });
  });

  it('is readable after the disk was full, which is said', async () => {
    await inFolder(async (folder) => {
      const small = join(folder, 'small');
      mkdirSync(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', small]);
      const target = busyTarget();
      try {
        const file = join(small, 'a.mapaudit');
        const recorder = background(
          'record',
          '-p',
          String(target.pid),
          '-o',
          file,
          '--json',
          '--duration',
          '60s',
        );
        expect(await recorder.ended()).toBe(1);
        expect(recorder.said()).toContain('the disk is full');
        const { code, out } = mapaudit('replay', file, '--json');
        expect(code).toBe(0);
        expect(eventsOf(out).length).toBeGreaterThan(100);
      } finally {
        target.kill('SIGKILL');
        execFileSync('umount', [small]);
      }
    });
  });
});

describe('the file', () => {
  it('is not overwritten unless that is asked for', async () => {
    await inFolder((folder) => {
      const target = busyTarget();
      try {
        const file = join(folder, 'a.mapaudit');
        writeFileSync(file, 'precious');
        const record = ['record', '-p', String(target.pid), '-o', file, '--duration', '100ms', '--json'];
        expect(errorCode(mapaudit(...record))).toBe('file-exists');
        expect(readFileSync(file, 'utf8')).toBe('precious');
        expect(mapaudit(...record, '--force').code).toBe(0);
        expect(mapaudit('replay', file).code).toBe(0);
        expect(statSync(file).mode & 0o777).toBe(0o600);
      } finally {
        target.kill('SIGKILL');
      }
    });
  });

  it('may go through a pipe', async () => {
    await inFolder((folder) => {
      const target = busyTarget();
      try {
        const file = join(folder, 'a.mapaudit');
        const command = `"$0" "$1" record -p ${target.pid} -o - --duration 3s | cat > "$2"`;
        expect(spawnSync('sh', ['-c', command, process.execPath, MAPAUDIT, file]).status).toBe(0);
        const { code, err, out } = mapaudit('replay', file, '--json');
        expect([code, err]).toEqual([0, '']);
        expect(eventsOf(out).length).toBeGreaterThan(100);
      } finally {
        target.kill('SIGKILL');
      }
    });
  });

  it('says what it cannot answer', async () => {
    await inFolder((folder) => {
      const target = busyTarget();
      try {
        const file = join(folder, 'a.mapaudit');
        mapaudit('record', '-p', String(target.pid), '-o', file, '--duration', '100ms');
        expect(errorCode(mapaudit('replay', file, 'race', '--json'))).toBe('not-in-recording');
        expect(errorCode(mapaudit('replay', file, 'inspect', '--json'))).toBe('usage-command');
        expect(errorCode(mapaudit('replay', MAPAUDIT, '--json'))).toBe('not-evidence');
        expect(errorCode(mapaudit('replay', join(folder, 'none'), '--json'))).toBe('no-such-file');
        expect(errorCode(mapaudit('report', file, '--profile', file, '--json'))).toBe('not-pprof');
      } finally {
        target.kill('SIGKILL');
      }
    });
  });
});
