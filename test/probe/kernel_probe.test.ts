import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isMapauditError, type MapauditError } from '../../src/base/errors.ts';
import { addr, bias } from '../../src/model/addr.ts';
import { goid, pid as toPid } from '../../src/model/ids.ts';
import type { RunningProbe } from '../../src/model/probe.ts';
import { RECORD_ENTRY, RECORD_EXIT } from '../../src/model/record.ts';
import { attachKernelProbe, type KernelProbeSpec } from '../../src/probe/kernel/kernel_probe.ts';
import { monotonicNs } from '../../src/sys/clock.ts';
import { openFile } from '../../src/sys/file_source.ts';
import { openHandles } from '../../src/sys/handles.ts';
import { drainAll, drainTimes, totals } from './drained.ts';
import { buildTarget, bytesAt, bytesPlanned, RunningTarget, specFor } from './target.ts';

let path = '';
let target: RunningTarget;
let handles = 0;
const probes: RunningProbe[] = [];

function attach(spec: KernelProbeSpec): RunningProbe {
  const probe = attachKernelProbe(spec);
  probes.push(probe);
  return probe;
}

function refusal(spec: KernelProbeSpec): MapauditError {
  try {
    attach(spec);
  } catch (error) {
    if (isMapauditError(error)) return error;
    throw error;
  }
  throw new Error('it was attached');
}

beforeAll(() => {
  path = buildTarget('kernel_probe');
});
beforeEach(async () => {
  handles = openHandles().length;
  target = await RunningTarget.start(path);
});
afterEach(() => {
  for (const probe of probes.splice(0)) probe.close();
  target.close();
  delete process.env['MAPAUDIT_NO_UPROBE_MULTI'];
  expect(openHandles().slice(handles)).toEqual([]);
});
afterAll(() => {
  expect(openHandles()).toEqual([]);
});

/** By the one link of new kernels, and one by one as on older ones. */
describe.each(['multi', 'perf'])('attached by %s', (method) => {
  beforeEach(() => {
    if (method === 'perf') process.env['MAPAUDIT_NO_UPROBE_MULTI'] = '1';
  });

  it('is taken out without holding up the event loop for all of it', async () => {
    const spec = specFor(target.pid, {}, { ops: ['delete', 'assign'], exits: true });
    const probe = attach(spec);
    let [turns, going] = [0, true];
    const count = (): void => {
      turns++;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    await probe.takeOut?.();
    going = false;
    // The first goes with the proof that no hit is seen any more.
    if (method === 'perf') expect(turns).toBeGreaterThanOrEqual(spec.plan.sites.length - 2);
    expect(bytesAt(spec)).toEqual(bytesPlanned(spec.plan));
    await target.ask('assign 10 1');
    expect(drainAll(probe).seen).toEqual([]);
  });

  it('every operation is seen once, on whatever thread, with its key', async () => {
    const probe = attach(specFor(target.pid));
    const began = monotonicNs();
    await target.ask('assign 1000 8');
    await target.ask('delete 1000 8');
    const { seen } = drainAll(probe);
    expect(seen).toHaveLength(16_000);
    expect(totals(probe)).toEqual({ hits: 16_000, sampledOut: 0, ringFull: 0, ignored: 0 });
    expect(probe.lost()).toBe(0);
    const keys = new Map<string, number>();
    for (const { key } of seen) keys.set(key, (keys.get(key) ?? 0) + 1);
    expect(keys.size).toBe(1000);
    expect([...new Set(keys.values())]).toEqual([16]);
    expect(new Set(seen.map((s) => s.pid))).toEqual(new Set([target.pid]));
    expect(new Set(seen.map((s) => s.tid)).size).toBeGreaterThan(4);
    expect(seen.every((s) => s.time > began && s.time < monotonicNs())).toBe(true);
  });

  it('counters alone are exact too', async () => {
    const probe = attach(specFor(target.pid, { mode: 'counts' }));
    await target.ask('assign 1000 4');
    await target.ask('delete 500 4');
    expect(drainAll(probe).seen).toEqual([]);
    const counters = probe.counters();
    expect(counters.reduce((sum, counter) => sum + counter.count, 0)).toBe(6000);
    expect(new Set(counters.map((counter) => counter.map)).size).toBe(4);
    expect(counters.every((counter) => counter.type !== 0 && counter.caller !== 0)).toBe(true);
  });

  it('counters with little room are exact by type and caller', async () => {
    const probe = attach(specFor(target.pid, { mode: 'counts', counterSlots: 1 }));
    await target.ask('assign 1000 4');
    const counters = probe.counters();
    expect(counters.reduce((sum, counter) => sum + counter.count, 0)).toBe(4000);
    // One slot of each CPU: all others are counted together.
    expect(counters.some(({ map }) => map === 0)).toBe(true);
    expect(counters.every(({ type, caller }) => type !== 0 && caller !== 0)).toBe(true);
  });

  it('on a file sees processes that begin later', async () => {
    const spec = specFor(target.pid);
    const file = openFile(path);
    const { offset, address } = spec.plan.sites[0]!;
    const code = {
      memory: { name: path, read: (at: number, n: number) => file.read(at - (address - offset), n) },
      bias: bias(0),
    };
    const probe = attach({ ...spec, scope: { type: 'binary', path, imageEnd: 0, relocated: true }, code });
    file.close();
    const later = await RunningTarget.start(path);
    await later.ask('assign 70 1');
    await target.ask('assign 30 1');
    const seen = drainAll(probe).seen.filter((s) => s.key.startsWith('key-'));
    expect(seen.filter((s) => s.pid === later.pid)).toHaveLength(70);
    expect(seen.filter((s) => s.pid === target.pid)).toHaveLength(30);
    later.close();
  });

  it('what was in place before is in place again after', async () => {
    const spec = specFor(target.pid);
    const planned = bytesPlanned(spec.plan);
    expect(bytesAt(spec)).toEqual(planned);
    const probe = attach(spec);
    expect(bytesAt(spec)).toEqual(planned.map((bytes) => `cc${bytes.slice(2)}`));
    await target.ask('assign 10 1');
    probe.detach();
    if (method === 'multi') expect(bytesAt(spec)).toEqual(planned);
    await target.ask('delete 10 1');
    expect(drainAll(probe).seen).toHaveLength(10);
    expect(totals(probe).hits).toBe(10);
    probe.close();
    expect(bytesAt(spec)).toEqual(planned);
    probe.close();
    expect(() => drainAll(probe)).toThrow('after close');
  });

  it('sees nothing after it was detached, while the program goes on', async () => {
    const wishes = { ops: ['delete', 'assign'], exits: true } as const;
    const probe = attach(specFor(target.pid, { mode: 'both', keyBytes: 0 }, wishes));
    const flood = target.ask('flood 3000');
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    await pause(100);
    await expect.poll(() => totals(probe).hits, { interval: 10 }).toBeGreaterThan(1000);
    probe.detach();
    drainAll(probe);
    const { hits } = totals(probe);
    expect(hits).toBeGreaterThan(1000);
    await pause(300);
    expect(totals(probe).hits).toBe(hits);
    expect(probe.counters().reduce((sum, counter) => sum + counter.count, 0)).toBe(hits);
    expect(drainAll(probe).seen).toEqual([]);
    expect(Number(await flood)).toBeGreaterThan(hits);
  });
});

describe('a probe', () => {
  it('shares its sites with another one, and stays when that one goes', async () => {
    const first = attach(specFor(target.pid));
    const second = attach(specFor(target.pid));
    await target.ask('assign 100 2');
    second.close();
    await target.ask('delete 100 2');
    expect(drainAll(first).seen).toHaveLength(400);
    expect(totals(first).hits).toBe(400);
  });

  it('sees both ends of a write', async () => {
    const probe = attach(specFor(target.pid, {}, { ops: ['delete', 'assign'], exits: true }));
    await target.ask('assign 500 3');
    await target.ask('delete 500 3');
    const { seen } = drainAll(probe);
    expect(seen.filter((s) => s.kind === RECORD_ENTRY)).toHaveLength(3000);
    expect(seen.filter((s) => s.kind === RECORD_EXIT)).toHaveLength(3000);
  });

  it('counts what finds its ring full', async () => {
    const probe = attach(specFor(target.pid, { ringBytes: 4096 }));
    await target.ask('assign 5000 2');
    const { seen } = drainAll(probe);
    const { hits, ringFull } = totals(probe);
    expect(hits).toBe(10_000);
    expect(seen.length).toBeLessThan(50);
    expect(ringFull).toBe(10_000 - seen.length);
    expect(probe.lost()).toBe(ringFull);
    await target.ask('delete 5 1');
    expect(drainAll(probe).seen).toHaveLength(5);
  });

  it('samples, and changes that while it runs', async () => {
    const probe = attach(specFor(target.pid, { sampleEvery: 10 }));
    await target.ask('assign 1000 1');
    const sampled = drainAll(probe).seen.length;
    expect(sampled).toBeGreaterThan(50);
    expect(sampled).toBeLessThan(160);
    expect(totals(probe)).toMatchObject({ hits: 1000, sampledOut: 1000 - sampled });
    probe.setSampling(0);
    await target.ask('delete 1000 1');
    expect(drainAll(probe).seen).toEqual([]);
    probe.setSampling(1);
    await target.ask('assign 1000 1');
    expect(drainAll(probe).seen).toHaveLength(1000);
    expect(totals(probe).hits).toBe(3000);
  });

  it('obeys verdicts', async () => {
    const probe = attach(specFor(target.pid, { verdicts: true }));
    await target.ask('assign 10 2');
    const maps = [...new Set(drainAll(probe).seen.map((s) => s.map))];
    expect(maps).toHaveLength(2);
    probe.setVerdict(target.pid, 'map', addr(Number(maps[0])), false);
    await target.ask('delete 10 2');
    expect(new Set(drainAll(probe).seen.map((s) => s.map))).toEqual(new Set([maps[1]]));
    probe.setVerdict(target.pid, 'map', addr(Number(maps[0])), true);
    await target.ask('assign 10 2');
    expect(drainAll(probe).seen).toHaveLength(20);
  });

  it.each(['events', 'counts'] as const)('filters by map and by goroutine (%s)', async (mode) => {
    const wishes = { ops: ['delete', 'assign'], exits: true } as const;
    const all = attach(specFor(target.pid, {}, wishes));
    await target.ask('assign 10 3');
    const entries = drainAll(all).seen.filter((s) => s.kind === RECORD_ENTRY);
    all.close();
    const [map] = [...new Set(entries.map((s) => Number(s.map)))];
    const counts = (probe: RunningProbe): number => totals(probe).hits;

    const one = attach(specFor(target.pid, { mode, mapAddress: addr(map!) }, wishes));
    const nil = attach(specFor(target.pid, { mode, mapAddress: addr(0) }, wishes));
    const main = attach(specFor(target.pid, { mode, goid: goid(1) }, wishes));
    await target.ask('delete 10 3');
    expect([counts(one), counts(nil), counts(main)]).toEqual([10, 0, 0]);
    await target.ask('nil 7');
    expect([counts(one), counts(nil), counts(main)]).toEqual([10, 7, 7]);
    const { seen } = drainAll(one);
    const wanted = mode === 'events' ? 10 : 0;
    expect(seen.filter((s) => s.kind === RECORD_ENTRY)).toHaveLength(wanted);
    expect(seen.filter((s) => s.kind === RECORD_EXIT)).toHaveLength(wanted);
    expect(seen.every((s) => Number(s.map) === map)).toBe(true);
    if (mode === 'counts') expect(one.counters().map((c) => [c.map, c.count])).toEqual([[map, 10]]);
  });

  it('filters by the text of a key', async () => {
    const text = (bytes: string, exact: boolean): KernelProbeSpec =>
      specFor(target.pid, { keyText: { bytes: Buffer.from(bytes), exact } });
    const prefix = attach(text('key-99', false));
    const exact = attach(text('key-99', true));
    await target.ask('assign 1000 1');
    expect(drainAll(prefix).seen).toHaveLength(11);
    expect(drainAll(exact).seen.map((s) => s.key)).toEqual(['key-99']);
  });

  it('gives a watermark that no later record undercuts', async () => {
    const probe = attach(specFor(target.pid, { ringBytes: 64 << 20, keyBytes: 0 }));
    const drains: { total: number; tooLate: number; watermark: bigint }[] = [];
    const withRecords = (): number => drains.filter((drain) => drain.total > 0).length;
    let done = 0;
    // Again where the machine had little time for these drains.
    for (let round = 0; round < 20 && withRecords() <= 20; round++) {
      const flood = target.ask('flood 500');
      const flooding = { done: false };
      void flood.then(() => (flooding.done = true));
      while (!flooding.done) {
        drains.push(drainTimes(probe, drains.at(-1)?.watermark ?? 0n));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      drains.push(drainTimes(probe, drains.at(-1)?.watermark ?? 0n));
      done += Number(await flood);
    }
    const sum = (of: 'total' | 'tooLate'): number => drains.reduce((n, drain) => n + drain[of], 0);
    expect(sum('total')).toBe(2 * done);
    expect(sum('tooLate')).toBe(0);
    expect(withRecords()).toBeGreaterThan(20);
    for (const [i, { watermark }] of drains.entries())
      expect(watermark).toBeGreaterThanOrEqual(drains[i - 1]?.watermark ?? 0n);
  });

  it('leaves nothing open, however often it comes and goes', async () => {
    const spec = specFor(target.pid, { mode: 'both' });
    for (let round = 0; round < 15; round++) {
      const probe = attach(spec);
      await target.ask('assign 10 1');
      expect(drainAll(probe).seen).toHaveLength(10);
      expect(probe.counters().reduce((sum, { count }) => sum + count, 0)).toBe(10);
      probe.close();
      expect(openHandles().slice(handles)).toEqual([]);
    }
    expect(target.exit).toBeUndefined();
  });

  it('passes the verifier whatever is asked of it', () => {
    const ops = ['delete', 'assign', 'clear', 'grow', 'access', 'iterate'] as const;
    for (const mode of ['events', 'counts', 'both'] as const)
      for (const [frames, keyBytes, verdicts] of [
        [0, 0, false],
        [1, 1, true],
        [64, 256, true],
      ] as const)
        for (const keyText of [undefined, { bytes: Buffer.alloc(64, 'k'), exact: true }]) {
          const options = { mode, frames, keyBytes, verdicts, ...(keyText === undefined ? {} : { keyText }) };
          attach(specFor(target.pid, options, { ops, exits: true })).close();
        }
  });
});

describe('refused before anything is touched', () => {
  it('when the code is not as planned', () => {
    const spec = specFor(target.pid);
    const before = bytesAt(spec);
    const sites = spec.plan.sites.map((site, i) =>
      i === 1 ? { ...site, expected: Uint8Array.of(0x90) } : site,
    );
    const error = refusal({ ...spec, plan: { ...spec.plan, sites } });
    expect(error.code).toBe('site-mismatch');
    expect(error.fields).toMatchObject({ function: sites[1]!.function, found: '55', wanted: '90' });
    expect(bytesAt(spec)).toEqual(before);
  });

  it('when memory differs from the file', () => {
    const spec = specFor(target.pid);
    const { memory } = spec.code;
    const changed = {
      name: 'changed',
      read: (at: number, length: number) => memory.read(at, length)?.slice().fill(0x90),
    };
    const error = refusal({ ...spec, code: { ...spec.code, memory: changed } });
    expect(error).toMatchObject({ code: 'site-mismatch', fields: { found: '90', wanted: '55' } });
  });

  it('when the process has ended', async () => {
    const spec = specFor(target.pid);
    target.close();
    while (bytesAt(spec)[0] !== 'unreadable') await new Promise((r) => setTimeout(r, 5));
    expect(refusal(spec).code).toBe('no-such-process');
    expect(refusal({ ...spec, scope: { type: 'process', pid: toPid(0x3f_ffff) } }).code).toBe(
      'no-such-process',
    );
  });

  it('when a ring cannot have that size', () => {
    for (const ringBytes of [0, 2048, 5000, 1.5, NaN, 2 ** 32]) {
      const error = refusal(specFor(target.pid, { ringBytes }));
      expect(error.code).toBe('bad-ring-size');
    }
  });

  it('in full: what was made before a failure is closed', () => {
    const spec = specFor(target.pid);
    const before = bytesAt(spec);
    const keyPlans = Array.from({ length: 65_537 }, (_, i) => ({
      type: addr(i + 1),
      size: 8,
      kind: 'bytes' as const,
      chases: [],
    }));
    const error = refusal({ ...spec, keyPlans });
    expect(error.fields['name']).toBe('E2BIG');
    expect(openHandles().slice(handles)).toEqual([]);
    expect(bytesAt(spec)).toEqual(before);
  });
});
