import { execFileSync } from 'node:child_process';
import { Target } from '../../src/agent/target.ts';
import { probePlanFor } from '../../src/agent/plans.ts';
import { type FileAddr, fileAddr } from '../../src/model/addr.ts';
import { pid as toPid } from '../../src/model/ids.ts';
import type { MapOp } from '../../src/model/map_op.ts';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import { mapaudit, Tool } from '../../bench/lib/child.ts';
import { untilProbed } from '../../bench/lib/sites.ts';
import type { RealProgram } from './programs.ts';

/** Operations by kind. */
export type Counts = Readonly<Partial<Record<MapOp, number>>>;

/** What both saw of the same load. */
export interface Counted {
  readonly mapaudit: Counts;
  /** How often the functions were entered, less the restarts after their stack check. */
  readonly bpftrace: Counts;
  readonly restarts: Counts;
  /** The rows of `top`. */
  readonly snapshot: Snapshot;
}

/** The runtime's functions by name, as its sources have them; nothing of this comes from mapaudit. */
const FAMILIES: readonly (readonly [MapOp, RegExp])[] = [
  ['delete', /^runtime\.mapdelete(_fast(32|64|str))?$/],
  ['assign', /^runtime\.mapassign(_fast(32|64|str|32ptr|64ptr))?$/],
  ['access', /^runtime\.mapaccess[12](_fast(32|64|str)|_fat)?$/],
  ['clear', /^runtime\.mapclear$/],
  // reflect has its own copy, into which the compiler has inlined the runtime's.
  ['iterate', /^(runtime|reflect)\.mapIterStart$/],
];

interface Entry {
  readonly name: string;
  readonly op: MapOp;
  readonly address: FileAddr;
  readonly size: number;
}

/** Called by a function whose stack check fails; when it is done, the function begins again. */
const MORESTACK = 'runtime.morestack_noctxt.abi0';

/**
 * Counts map operations with mapaudit and with bpftrace at once, while `load` runs. Both are in place before
 * it begins and until it has ended, so that only what the program does by itself can make a difference.
 */
export async function countBoth(program: RealProgram, load: () => Promise<void>): Promise<Counted> {
  const entries = entriesOf(program.binary);
  const target = Target.open(toPid(program.pid));
  try {
    const ops = FAMILIES.map(([op]) => op);
    const plan = probePlanFor(target.binary, ops, 'off');
    const bpftrace = startBpftrace(program, entries);
    await Promise.race([
      untilProbed(
        target,
        entries.map((entry) => entry.address),
        true,
      ),
      bpftrace.failed(),
    ]);
    const sites = plan.sites.map((site) => site.address);
    const top = mapaudit([
      'top',
      '-p',
      String(program.pid),
      '--once',
      '--duration',
      '10m',
      '--op',
      ops.join(','),
      '--json',
    ]);
    await Promise.race([untilProbed(target, sites, true), top.failed()]);
    await load();
    await top.stop();
    await bpftrace.stop();
    const snapshot = snapshotOf(top);
    return { mapaudit: sum(snapshot), ...parse(bpftrace.stdout, entries, target.bias), snapshot };
  } finally {
    target.close();
  }
}

/** Where the functions begin, from the symbol table as Go's own tool prints it. */
function entriesOf(binary: string): readonly Entry[] {
  const text = execFileSync('go', ['tool', 'nm', '-size', binary], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return text.split('\n').flatMap((line) => {
    const [address, size, kind, name] = line.trim().split(/\s+/);
    const family = FAMILIES.find(([, pattern]) => pattern.test(name ?? ''));
    if (family === undefined || name === undefined || kind?.toUpperCase() !== 'T') return [];
    return [{ name, op: family[0], address: fileAddr(parseInt(address ?? '', 16)), size: Number(size) }];
  });
}

function startBpftrace({ binary, pid }: RealProgram, entries: readonly Entry[]): Tool {
  const probes = entries.map(({ name }) => `uprobe:${binary}:"${name}" { @["${name}"] = count(); }`);
  const restart = `uprobe:${binary}:"${MORESTACK}" { @from[*(uint64*)reg("sp")] = count(); }`;
  return new Tool('bpftrace', ['-p', String(pid), '-e', [...probes, restart].join('\n')]);
}

/** Lines `@[runtime.mapassign_faststr]: 123` and `@from[4270304]: 1`, a return address. */
function parse(
  stdout: string,
  entries: readonly Entry[],
  bias: number,
): Pick<Counted, 'bpftrace' | 'restarts'> {
  const bpftrace: Partial<Record<MapOp, number>> = {};
  const restarts: Partial<Record<MapOp, number>> = {};
  for (const [, name, count] of stdout.matchAll(/^@\[(.+)\]: (\d+)$/gm)) {
    const op = entries.find((entry) => entry.name === name)?.op;
    if (op !== undefined) bpftrace[op] = (bpftrace[op] ?? 0) + Number(count);
  }
  for (const [, from, count] of stdout.matchAll(/^@from\[(\d+)\]: (\d+)$/gm)) {
    const at = Number(from) - bias;
    const op = entries.find(({ address, size }) => at > address && at <= address + size)?.op;
    if (op === undefined) continue;
    restarts[op] = (restarts[op] ?? 0) + Number(count);
    bpftrace[op] = (bpftrace[op] ?? 0) - Number(count);
  }
  return { bpftrace, restarts };
}

function sum(snapshot: Snapshot): Counts {
  const counts: Partial<Record<MapOp, number>> = {};
  for (const { op, count } of snapshot.counters) counts[op] = (counts[op] ?? 0) + count;
  return counts;
}

function snapshotOf(top: Tool): Snapshot {
  const line = top.stdout.split('\n').find((one) => one.startsWith('{"type":"snapshot"'));
  if (line === undefined) throw new Error(`top printed no snapshot: ${top.stderr}`);
  return JSON.parse(line) as Snapshot;
}
