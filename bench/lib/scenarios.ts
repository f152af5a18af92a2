import { Target } from '../../src/agent/target.ts';
import { pid as toPid } from '../../src/model/ids.ts';
import { attach, type Attached, type ProbeWish } from './probes.ts';
import { mapaudit, Tool } from './child.ts';
import { sleep } from './numbers.ts';
import { untilProbed } from './sites.ts';

/** Something that watches the target. */
export interface Watch {
  /** What it lost and what it saw, where it can tell. */
  loss(): { lost: number; seen: number } | undefined;
  stop(): Promise<void>;
}

/** A way to watch the target whose cost is measured. */
export interface Scenario {
  readonly id: string;
  readonly name: string;
  start(pid: number, binary: string): Promise<Watch>;
}

const DELETE = 'runtime.mapdelete_faststr';
/** What bpftrace needs to show what mapaudit shows: key, goroutine id (its place in Go 1.26), caller. */
const SAME = `{ printf("%s %d %lx\\n", str(reg("cx"), reg("di")), *(uint64*)(reg("r14")+152), *(uint64*)reg("sp")); }`;

/** All that is compared, in the order in which it is printed. */
export const SCENARIOS: readonly Scenario[] = [
  { id: 'untouched', name: 'untouched', start: () => Promise.resolve(NOTHING) },
  probe('floor', 'floor: empty program, same instruction', { op: 'delete', empty: true }),
  probe('counts', 'mapaudit counting', { op: 'delete', options: { mode: 'counts' } }),
  {
    id: 'top',
    name: 'mapaudit top, the whole tool',
    start: async (pid: number): Promise<Watch> => {
      const tool = mapaudit(['top', '-p', String(pid), '--op', 'delete', '--json', '--interval', '10s'], {
        quiet: true,
      });
      await sleep(1200);
      return { loss: () => undefined, stop: () => tool.stop() };
    },
  },
  probe('event', 'full event, one probe', { op: 'delete' }),
  probe('exit', 'full event and exit probe (the default)', { op: 'delete', effects: 'exit' }),
  probe('frames', 'full event, one probe, 4 frames', { op: 'delete', options: { frames: 4 } }),
  bpftrace('bpf-count', 'bpftrace, counting', '{ @ = count(); }'),
  bpftrace('bpf-same', 'bpftrace, printing the same', SAME),
];

const NOTHING: Watch = { loss: () => undefined, stop: () => Promise.resolve() };

function probe(id: string, name: string, wish: ProbeWish): Scenario {
  return {
    id,
    name,
    start(pid: number): Promise<Watch> {
      const attached: Attached = attach(pid, wish);
      const isSilent = wish.empty === true || wish.options?.mode === 'counts';
      return Promise.resolve({
        loss: () => (isSilent ? undefined : { lost: attached.lost(), seen: attached.events() }),
        stop: () => {
          attached.close();
          return Promise.resolve();
        },
      });
    },
  };
}

function bpftrace(id: string, name: string, action: string): Scenario {
  return {
    id,
    name,
    start: async (pid, binary) => {
      const program = `uprobe:${binary}:${DELETE} ${action}`;
      // As large a buffer as it takes, so that it loses as little as it can.
      const env = { BPFTRACE_PERF_RB_PAGES: '4096' };
      const tool = new Tool('bpftrace', ['-o', '/dev/null', '-p', String(pid), '-e', program], { env });
      await whenProbed(pid, tool);
      return {
        loss: () => (id === 'bpf-same' ? { lost: lostOf(tool.stderr), seen: NaN } : undefined),
        stop: () => tool.stop(),
      };
    },
  };
}

/** bpftrace does not tell when it is ready: the program's own code does. */
export async function whenProbed(pid: number, tool: Tool, name = DELETE): Promise<void> {
  const target = Target.open(toPid(pid));
  try {
    const start = target.binary.functionNamed(name)?.start;
    if (start === undefined) throw new Error(`no ${name} in the program`);
    await Promise.race([untilProbed(target, [start], true), tool.failed()]);
  } finally {
    target.close();
  }
}

function lostOf(text: string): number {
  let lost = 0;
  for (const match of text.matchAll(/Lost (\d+) events/g)) lost += Number(match[1]);
  return lost;
}
