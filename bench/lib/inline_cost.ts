import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Target } from '../../src/agent/target.ts';
import { probePlanFor } from '../../src/agent/plans.ts';
import { raceWayFor } from '../../src/agent/race_way.ts';
import { planPatches } from '../../src/go/plan/patch_plan.ts';
import { fileAddr } from '../../src/model/addr.ts';
import { pid as toPid } from '../../src/model/ids.ts';
import type { MapOp } from '../../src/model/map_op.ts';
import type { ProbeOptions } from '../../src/model/probe.ts';
import { InlineProbe } from '../../src/probe/inline/inline_probe.ts';
import { bundledChild, runChild } from '../../test/inline/harm.ts';
import { buildGo } from '../../test/support/go_build.ts';
import { Hot, type HotOp } from './hot.ts';
import { median, quantile, sleep } from './numbers.ts';
import { attach } from './probes.ts';
import type { Report } from './report.ts';

interface Scenario {
  readonly name: string;
  readonly probe?: 'inline' | 'race' | 'kernel';
  readonly options?: Partial<ProbeOptions>;
  readonly exits?: true;
  readonly goal?: number;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'untouched' },
  { name: 'inline, counted by site', probe: 'inline', options: { sampleEvery: 0 }, goal: 2 },
  { name: 'inline, counted by map and caller', probe: 'inline', options: { mode: 'counts' } },
  { name: 'inline, event with key', probe: 'inline', goal: 30 },
  { name: '… and 4 frames', probe: 'inline', options: { frames: 4 }, goal: 30 },
  { name: '… and its end', probe: 'inline', options: { frames: 4 }, exits: true },
  { name: 'inline, races looked for', probe: 'race', goal: 3 },
  { name: 'kernel, counted', probe: 'kernel', options: { mode: 'counts' } },
  { name: 'kernel, event with key', probe: 'kernel' },
];

/** Full events with their keys. */
export const OPTIONS: ProbeOptions = {
  mode: 'events',
  sampleEvery: 1,
  frames: 0,
  keyBytes: 32,
  verdicts: false,
  ringBytes: 8 << 20,
};
const OPS: readonly HotOp[] = ['access', 'delete', 'assign'];
const SETTLE_MS = 150;
/** Much less than a ring takes to fill. */
const SKIP_MS = 0.1;
const ATTACHES = 30;
/** Short, and of all windows the fastest tenth: what others do on the machine meanwhile is in the rest. */
const WINDOW_MS = 2;
const FASTEST = 0.1;
/** Of the priorities of setpriority(2), −20 to 19. */
const FIRST = -15;

/** What the inline probe costs an operation, and how long programs stand still for it. */
export async function reportInline(
  report: Report,
  binary: string,
  rounds: number,
  windowMs: number,
): Promise<void> {
  report.section(
    'The inline probe',
    'Nanoseconds an operation, more than untouched in brackets; medians over interleaved rounds, of the fastest tenth of windows of 2 ms, by the clock of the program itself. One goroutine; the rings are emptied without a look at them, and the share of records that found theirs full is said where it is more than 1 %.',
  );
  const rows = new Map(SCENARIOS.map(({ name }) => [name, [name]]));
  for (const op of OPS) {
    const { times, dropped } = await measure(binary, op, rounds, windowMs);
    for (const { name, goal } of SCENARIOS) {
      const all = times.get(name) ?? [];
      const added = median(all.map((time, round) => time - (times.get('untouched')?.[round] ?? NaN)));
      const own = median(all).toFixed(1);
      const share = dropped.get(name) ?? 0;
      const full = share > 0.01 ? `, ${(100 * share).toFixed(0)} % dropped` : '';
      rows.get(name)?.push(name === 'untouched' ? own : `${own} (${signed(added)}${full})`);
      if (goal !== undefined)
        report.goal({ name: `${name}, ${op}`, measured: added, most: goal, unit: ' ns' });
    }
  }
  report.table(['watched by', ...OPS], [...rows.values()]);
  await reportStill(report, Math.min(ATTACHES, rounds * 4));
}

async function measure(
  binary: string,
  op: HotOp,
  rounds: number,
  windowMs: number,
): Promise<{ times: Map<string, number[]>; dropped: Map<string, number> }> {
  const times = new Map<string, number[]>(SCENARIOS.map(({ name }) => [name, []]));
  const dropped = new Map<string, number>();
  const target = new Hot(binary, { op, windowMs: WINDOW_MS });
  try {
    // Before others on the machine: what they do is not what is measured. Without the right to that, as it is.
    for (const pid of [target.pid, 0]) prefer(pid, FIRST);
    await sleep(SETTLE_MS);
    for (let round = 0; round < rounds; round++)
      for (const scenario of SCENARIOS) {
        const { name } = scenario;
        const { time, share } = await once(target, op as MapOp, scenario, windowMs);
        times.get(name)?.push(time);
        dropped.set(name, Math.max(share, dropped.get(name) ?? 0));
      }
  } finally {
    target.stop();
    prefer(0, 0);
  }
  return { times, dropped };
}

function prefer(pid: number, priority: number): void {
  try {
    setPriority(pid, priority);
  } catch {
    // Not root.
  }
}

async function once(
  target: Hot,
  op: MapOp,
  scenario: Scenario,
  windowMs: number,
): Promise<{ time: number; share: number }> {
  const probe = start(target.pid, op, scenario);
  try {
    await settle(probe, SETTLE_MS);
    target.forget();
    await settle(probe, windowMs);
    const time = quantile(
      target.windows().map((window) => window.nsPerOp),
      FASTEST,
    );
    return { time, share: probe?.dropped?.() ?? 0 };
  } finally {
    await probe?.close();
  }
}

/** A probe whose rings are emptied without a look at them. */
export interface Skipping {
  skip?(): number;
  /** The share of records that found their ring full. */
  dropped?(): number;
  close(): void | Promise<void>;
}

/** Waits, and has the rings emptied meanwhile. */
export async function settle(probe: Skipping | undefined, milliseconds: number): Promise<void> {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const until = performance.now() + milliseconds;
  if (probe?.skip === undefined) return sleep(milliseconds);
  while (performance.now() < until) {
    for (let i = 0; i < 100; i++) {
      probe.skip();
      Atomics.wait(cell, 0, 0, SKIP_MS);
    }
    // What the target has printed is to be taken in time.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function start(pid: number, op: MapOp, { probe, options, exits }: Scenario): Skipping | undefined {
  if (probe === undefined) return undefined;
  if (probe === 'kernel') return attach(pid, { op, options: { keyBytes: 32, ...options } });
  if (probe === 'race') return races(pid);
  const set = inline(pid, [op], { ...OPTIONS, ...options }, exits === true);
  // Nothing comes into the rings: nobody looks into them, who would be at work on the same processors.
  const isCounted = options?.mode === 'counts' || options?.sampleEvery === 0;
  return isCounted ? { close: () => set.close() } : set;
}

/** Puts the inline probe into a process. */
export function inline(
  pid: number,
  ops: readonly MapOp[],
  options: ProbeOptions,
  exits: boolean,
): Required<Skipping> {
  const target = Target.open(toPid(pid));
  const { binary, bias } = target;
  const { text: begin, etext: end } = binary.moduleData;
  const wanted = probePlanFor(binary, ops, exits ? 'exit' : 'off');
  const { plan, patch } = planPatches(binary, wanted, { start: begin, end });
  const file = (address: number, length: number) => binary.read(fileAddr(address), length);
  const probe = new InlineProbe({ pid: toPid(pid), plan, patch, bias, options, keyPlans: [], file });
  return {
    skip: () => probe.skip(),
    dropped() {
      const hits = probe.siteCounts().reduce((sum, site) => sum + site.hits, 0);
      return probe.lost() / Math.max(1, hits);
    },
    close() {
      probe.close();
      target.close();
    },
  };
}

/** The map has one goroutine: nobody waits. */
function races(pid: number): Skipping {
  const target = Target.open(toPid(pid));
  const probe = raceWayFor(target, 'inline').attach({ ...OPTIONS, ringBytes: 1 << 18 }, []);
  probe.allow(1e9, 10);
  return {
    close() {
      probe.close();
      target.close();
    },
  };
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(1)}`;

/**
 * A program under load (test/programs/patched), with its own few threads and with two hundred. Each attachment comes
 * from a mapaudit of its own, as in real life: what a longer run would have compiled is new to it.
 */
async function reportStill(report: Report, attaches: number): Promise<void> {
  const rows: string[][] = [];
  const path = bundledChild();
  for (const [extra, goal] of [
    [0, 1],
    [190, 5],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'mapaudit-bench-'));
    const stat = join(folder, 'stat');
    const child = spawn(buildGo('patched'), [String(extra)], {
      stdio: 'ignore',
      env: { ...process.env, STAT: stat },
    });
    try {
      const pid = child.pid ?? 0;
      while (!existsSync(stat) || readFileSync(stat).length < 16 || readFileSync(stat)[8] !== 1)
        await sleep(20);
      await sleep(SETTLE_MS);
      const [still, held, tries]: [number[], number[], number[]] = [[], [], []];
      for (let i = 0; i < attaches; i++) {
        const { code, complaint, out } = await runChild(path, [String(pid), 'cycles', '1', 'none']);
        if (code !== 0 || out === undefined) throw new Error(complaint);
        still.push(...out.still.map((us) => us / 1000));
        held.push(...out.held.map((us) => us / 1000));
        tries.push(...out.tries);
      }
      const threads = readdirSync(`/proc/${pid}/task`).length;
      const shown = [median(still), Math.max(...still), median(held)].map((ms) => ms.toFixed(2));
      rows.push([String(threads), ...shown, median(tries).toFixed(0), loadavg()[0]?.toFixed(1) ?? '']);
      report.goal({
        name: `stand-still, ${threads} threads`,
        measured: median(still),
        most: goal,
        unit: ' ms',
      });
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  }
  report.table(
    [
      'threads',
      'those that run stand still, ms',
      'worst',
      'also those that sleep, ms',
      'tries',
      'load average',
    ],
    rows,
  );
}
