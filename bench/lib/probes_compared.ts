import { rmSync } from 'node:fs';
import { MODE } from '../../src/probe/build/layout.ts';
import { buildHookedHot, tell } from './build_cost.ts';
import { Tool } from './child.ts';
import { buildHot, Hot, type HotOp } from './hot.ts';
import { inline, OPTIONS, settle, type Skipping } from './inline_cost.ts';
import { median, quantile, sleep } from './numbers.ts';
import { attach } from './probes.ts';
import type { Report } from './report.ts';
import { whenProbed } from './scenarios.ts';

/** One way to see the operations of a program: which build of it runs, and what watches it. */
interface Arm {
  readonly name: string;
  readonly build: 'plain' | 'hooked' | 'race';
  readonly watch?: Watcher;
}

type Watcher = (target: Hot, op: WatchedOp, binary: string) => Promise<Skipping>;

type WatchedOp = Exclude<HotOp, 'mixed'>;

const OPS: readonly WatchedOp[] = ['access', 'delete', 'assign'];
const FUNCTION = {
  access: 'runtime.mapaccess1_faststr',
  delete: 'runtime.mapdelete_faststr',
  assign: 'runtime.mapassign_faststr',
} as const;

const SETTLE_MS = 150;
const WINDOW_MS = 2;
/** Of all windows the fastest tenth: what others do on the machine meanwhile is in the rest. */
const FASTEST = 0.1;

const ARMS: readonly Arm[] = [
  { name: 'untouched', build: 'plain' },
  { name: 'build, off', build: 'hooked', watch: hook(0) },
  { name: 'build, counted', build: 'hooked', watch: hook(MODE.counts) },
  { name: 'build, event with key', build: 'hooked', watch: hook(MODE.events | MODE.overwrite) },
  { name: 'inline, counted', build: 'plain', watch: inlined({ sampleEvery: 0 }) },
  { name: 'inline, event with key', build: 'plain', watch: inlined({}) },
  {
    name: 'kernel, event with key',
    build: 'plain',
    watch: (target, op) => Promise.resolve(attach(target.pid, { op, options: { keyBytes: 32 } })),
  },
  { name: 'bpftrace, counting', build: 'plain', watch: bpftrace },
  { name: '-race', build: 'race' },
];

/** All ways in one run, each in a process of its own that is new in each round. */
export async function reportProbes(
  report: Report,
  plain: string,
  rounds: number,
  windowMs: number,
): Promise<void> {
  const binaries = { plain, hooked: buildHookedHot(), race: buildHot({ race: true }) };
  report.section(
    'All probes beside each other',
    'Nanoseconds an operation and, in brackets, how many times untouched; medians over interleaved rounds of the fastest tenth of windows of 2 ms, by the clock of the program itself.',
  );
  for (const threads of [1, 2]) {
    const rows = new Map(ARMS.map(({ name }) => [name, [name]]));
    for (const op of OPS) {
      const times = new Map<string, number[]>(ARMS.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round++)
        for (const arm of ARMS)
          times.get(arm.name)?.push(await once(arm, binaries[arm.build], { op, threads, windowMs }));
      const base = times.get('untouched') ?? [];
      for (const { name } of ARMS) {
        const own = times.get(name) ?? [];
        const ratio = median(own.map((time, round) => time / (base[round] ?? NaN)));
        rows.get(name)?.push(`${median(own).toFixed(1)} (${ratio.toFixed(ratio < 10 ? 2 : 0)})`);
      }
    }
    report.table([`${threads} thread${threads === 1 ? '' : 's'}`, ...OPS], [...rows.values()]);
  }
}

interface Setting {
  readonly op: WatchedOp;
  readonly threads: number;
  readonly windowMs: number;
}

async function once(arm: Arm, binary: string, { op, threads, windowMs }: Setting): Promise<number> {
  const env = arm.build === 'hooked' ? { MAPAUDIT: 'record=last:4096' } : {};
  const target = new Hot(binary, { op, goroutines: threads, windowMs: WINDOW_MS, env });
  try {
    await sleep(SETTLE_MS);
    const watch = await arm.watch?.(target, op, binary);
    try {
      await settle(watch, SETTLE_MS);
      target.forget();
      await settle(watch, windowMs);
      return quantile(
        target.windows(threads).map((window) => window.nsPerOp),
        FASTEST,
      );
    } finally {
      await watch?.close();
    }
  } finally {
    target.stop();
  }
}

/** The program is its own recorder, in a mode that a reader would set. */
function hook(mode: number): Watcher {
  return async (target) => {
    const path = `/dev/shm/mapaudit.${target.pid}`;
    await tell(path, mode, 0);
    process.kill(target.pid, 'SIGURG');
    return { close: () => rmSync(path, { force: true }) };
  };
}

function inlined(options: Partial<typeof OPTIONS>): Watcher {
  return (target, op) => Promise.resolve(inline(target.pid, [op], { ...OPTIONS, ...options }, false));
}

async function bpftrace(target: Hot, op: WatchedOp, binary: string): Promise<Skipping> {
  const program = `uprobe:${binary}:${FUNCTION[op]} { @ = count(); }`;
  const tool = new Tool('bpftrace', ['-o', '/dev/null', '-p', String(target.pid), '-e', program], {});
  await whenProbed(target.pid, tool, FUNCTION[op]);
  return { close: () => tool.stop() };
}
