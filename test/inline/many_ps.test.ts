import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { probePlanFor } from '../../src/agent/plans.ts';
import { Target } from '../../src/agent/target.ts';
import { planPatches } from '../../src/go/plan/patch_plan.ts';
import { fileAddr } from '../../src/model/addr.ts';
import { goid, pid as toPid } from '../../src/model/ids.ts';
import type { ProbeOptions } from '../../src/model/probe.ts';
import { InlineProbe } from '../../src/probe/inline/inline_probe.ts';
import { onlineCpus } from '../../src/sys/cpus.ts';
import { buildGo } from '../support/go_build.ts';

const GOROUTINES = 64;
const DELETES = 20_000;
/** src/probe/inline/inline_probe.ts gives so many Ps a ring. */
const RINGS = Math.max(16, 4 * onlineCpus().length);

interface Seen {
  readonly records: number;
  readonly hits: number;
  readonly ringFull: number;
  readonly counted: number;
  readonly ofNoMap: number;
  readonly lost: number;
}

/** Attaches before the program raises GOMAXPROCS, and reads until it has done its work. */
async function watch(
  ps: number,
  mode: ProbeOptions['mode'],
  more: Partial<ProbeOptions> = {},
): Promise<Seen> {
  const words = [ps, GOROUTINES, DELETES].map(String);
  const child = spawn(buildGo('manyps'), words, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const pid = toPid(child.pid ?? 0);
    const target = Target.open(pid);
    const { binary, bias } = target;
    const { text, etext } = binary.moduleData;
    const wanted = probePlanFor(binary, ['delete'], 'off');
    const { plan, patch } = planPatches(binary, wanted, { start: text, end: etext });
    const file = (address: number, length: number) => binary.read(fileAddr(address), length);
    const options: ProbeOptions = { mode, sampleEvery: 1, frames: 0, keyBytes: 0, verdicts: false, ringBytes: 1 << 20, ...more }; // prettier-ignore
    const probe = new InlineProbe({ pid, plan, patch, bias, options, keyPlans: [], file });
    try {
      let records = 0;
      const drain = () => probe.drain(({ count }) => (records += count));
      const done = once(child.stdout, 'data');
      child.stdin.write('go\n');
      const timer = setInterval(drain, 1);
      await done;
      clearInterval(timer);
      drain();
      const sites = probe.siteCounts();
      const counters = probe.counters();
      const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
      return {
        records,
        hits: sum(sites.map(({ hits }) => hits)),
        ringFull: sum(sites.map(({ ringFull }) => ringFull)),
        counted: sum(counters.map(({ count }) => count)),
        ofNoMap: sum(counters.filter(({ map }) => map === 0).map(({ count }) => count)),
        lost: probe.lost(),
      };
    } finally {
      probe.close();
      target.close();
    }
  } finally {
    child.kill('SIGKILL');
  }
}

describe('a program that raises GOMAXPROCS while it is watched', () => {
  const all = GOROUTINES * DELETES;

  it('to more Ps than have a ring: what they do is counted as lost', { timeout: 60_000 }, async () => {
    const { records, hits, lost, ringFull } = await watch(2 * RINGS, 'events');
    expect(records).toBeLessThan(all);
    expect(records + lost).toBe(all);
    expect(hits).toBe(all);
    expect(ringFull).toBe(lost);
  });

  it('where it only counts, it still counts them all', { timeout: 60_000 }, async () => {
    const { counted, ofNoMap, lost } = await watch(2 * RINGS, 'counts');
    expect(counted).toBe(all);
    // Which map it was is not known of those.
    expect(ofNoMap).toBeGreaterThan(0);
    expect(lost).toBe(0);
  });

  it('but what is filtered out is not counted either', { timeout: 60_000 }, async () => {
    const { records, hits, lost } = await watch(2 * RINGS, 'events', { goid: goid(1) });
    expect([records, hits, lost]).toEqual([0, 0, 0]);
  });

  it('to as many as have one: every operation has a place', { timeout: 60_000 }, async () => {
    const { hits, records, lost } = await watch(RINGS, 'events');
    expect(hits).toBe(all);
    expect(records + lost).toBe(all);
  });
});
