import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Target } from '../../src/agent/target.ts';
import type { Closable } from '../../src/base/dispose.ts';
import { planProbes } from '../../src/go/plan/plan.ts';
import { toAddr } from '../../src/model/addr.ts';
import { pid as toPid, type Pid } from '../../src/model/ids.ts';
import type { MapOp } from '../../src/model/map_op.ts';
import type { ProbeOptions } from '../../src/model/probe.ts';
import type { ProbePlan } from '../../src/model/probe_plan.ts';
import type { KernelProbeSpec } from '../../src/probe/kernel/kernel_probe.ts';

const SOURCE = fileURLToPath(new URL('target', import.meta.url));
const CACHE = fileURLToPath(new URL('../.cache/probe', import.meta.url));

/** Builds the Go program of this folder; `name` keeps files apart. Go's own cache makes the second time quick. */
export function buildTarget(name: string): string {
  mkdirSync(CACHE, { recursive: true });
  const path = join(CACHE, name);
  execFileSync('go', ['build', '-o', path, '.'], {
    cwd: SOURCE,
    env: { ...process.env, GOFLAGS: '', GOTOOLCHAIN: 'local' },
  });
  return path;
}

/** The Go program, running. */
export class RunningTarget implements Closable {
  readonly pid: Pid;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = toPid(child.pid!);
    this.#reader = createInterface({ input: child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  static async start(path: string): Promise<RunningTarget> {
    const child = spawn(path, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    const target = new RunningTarget(child);
    await target.#lines.next();
    return target;
  }

  /** Lets the program do something, and waits until it has. */
  async ask(command: string): Promise<string> {
    this.#child.stdin!.write(`${command}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`the target ended at ${command}`);
    return line.value;
  }

  /** Undefined while it runs. */
  get exit(): number | string | undefined {
    return this.#child.exitCode ?? this.#child.signalCode ?? undefined;
  }

  close(): void {
    this.#reader.close();
    this.#child.kill('SIGKILL');
  }
}

export const OPTIONS: ProbeOptions = {
  mode: 'events',
  sampleEvery: 1,
  frames: 0,
  keyBytes: 64,
  verdicts: false,
  ringBytes: 8 << 20,
};

/** What attaches a probe to the process. */
export function specFor(
  pid: Pid,
  options: Partial<ProbeOptions> = {},
  wishes: { ops: readonly MapOp[]; exits: boolean } = { ops: ['delete', 'assign'], exits: false },
): KernelProbeSpec {
  const target = Target.open(pid);
  try {
    return {
      plan: planProbes(target.binary, wishes),
      scope: { type: 'process', pid },
      options: { ...OPTIONS, ...options },
      code: { memory: target.memory, bias: target.bias },
      keyPlans: target.keyPlans(),
    };
  } finally {
    target.close();
  }
}

/** The bytes that stand at each site of the plan now. */
export function bytesAt({ plan, code }: KernelProbeSpec): string[] {
  return plan.sites.map((site) => {
    const found = code.memory.read(toAddr(site.address, code.bias), site.expected.length);
    return found === undefined ? 'unreadable' : Buffer.from(found).toString('hex');
  });
}

export function bytesPlanned(plan: ProbePlan): string[] {
  return plan.sites.map((site) => Buffer.from(site.expected).toString('hex'));
}
