import { attachKernelProbe } from '../probe/kernel/kernel_probe.ts';
import type { Closable } from '../base/dispose.ts';
import { planProbes } from '../go/plan/plan.ts';
import { planUsage } from '../go/plan/usage.ts';
import type { KernelCounter, ProbeOptions } from '../model/probe.ts';
import { WRITE_OPS } from '../model/map_op.ts';
import type { Attached } from '../protocol/attached.ts';
import { ProgramLines } from '../query/advice/program_line.ts';
import { Reads } from '../query/advice/reads.ts';
import { RowLines } from '../query/advice/row_lines.ts';
import { Usage } from '../query/advice/usage.ts';
import { Pipeline } from '../stream/pipeline.ts';
import { SymbolCache } from '../stream/symbols.ts';
import { monotonicNs } from '../sys/clock.ts';
import { Audit } from './audit.ts';
import { ringBytesOf } from './ring_size.ts';
import { Target } from './target.ts';
import type { Pid } from '../model/ids.ts';

/** Bytes of each key that are compared: enough to tell keys apart. */
const KEY_BYTES = 64;
/** Frames above the caller: behind a function of Go's own that deletes, loops or makes for the program. */
const FRAMES = 3;
/** One read in so many tells its goroutine; all are counted. */
const READ_SAMPLING = 64;

/** Writes come in bursts: when a map is filled or emptied. */
const WRITE_RINGS = 4;

const COMMON = { verdicts: false, ringBytes: ringBytesOf(undefined) } as const;
const WRITES: ProbeOptions = {
  ...COMMON,
  ringBytes: WRITE_RINGS * COMMON.ringBytes,
  mode: 'events',
  sampleEvery: 1,
  frames: FRAMES,
  keyBytes: KEY_BYTES,
  facts: true,
};
const READS: ProbeOptions = { ...COMMON, mode: 'both', sampleEvery: READ_SAMPLING, frames: 0, keyBytes: 0 };

/**
 * Observes how one process uses its maps: two probes, since each write is recorded, and reads, of which there
 * are many more, are counted in the kernel.
 */
export class UsageStream implements Closable {
  readonly target: Target;
  readonly lines: RowLines;
  readonly usage: Usage;
  readonly reads: Reads;
  readonly #writes: Audit;
  readonly #reading: Audit;
  readonly #writePipe: Pipeline;
  readonly #readPipe: Pipeline;
  #counters: readonly KernelCounter[] = [];
  #lost = 0;

  constructor(pid: Pid, observedSeconds: number) {
    this.target = Target.open(pid);
    this.#writes = attached(this.target, WRITES, () => planUsage(this.target.binary));
    try {
      const second = Target.open(pid);
      this.#reading = attached(second, READS, () =>
        planProbes(second.binary, { ops: ['access'], exits: false }),
      );
    } catch (error) {
      this.#writes.close();
      throw error;
    }
    const { sites } = this.#writes.plan;
    const symbols = new SymbolCache((id) => this.#writes.target(id));
    this.lines = new RowLines(symbols, new ProgramLines(runtimeFile(this.target)));
    this.usage = new Usage({
      sites,
      lines: this.lines,
      began: monotonicNs(),
      observedSeconds,
      minor: this.target.binary.version.minor,
    });
    this.reads = new Reads(this.#reading.plan.sites);
    this.#writePipe = new Pipeline({
      plan: this.#writes.plan,
      records: { keyArea: true, keepKeys: true, keepFrames: true, facts: true },
      effects: true,
      identity: true,
      recorded: WRITE_OPS,
    });
    this.#readPipe = new Pipeline({
      plan: this.#reading.plan,
      records: { keyArea: true, keepKeys: false, keepFrames: false },
      effects: false,
      identity: false,
      recorded: [],
    });
  }

  get attached(): Attached {
    const { attached: first } = this.#writes;
    const { probes, attach_ms: ms } = this.#reading.attached;
    return { ...first, probes: first.probes + probes, attach_ms: first.attach_ms + ms };
  }

  /** Writes that the ring had no room for, so far. */
  get lost(): number {
    return this.#lost;
  }

  /** The share to which the fullest ring was found filled. */
  get fill(): number {
    return Math.max(this.#writes.probe.fill, this.#reading.probe.fill);
  }

  /** Reads since the beginning, as the kernel counted them. Valid after `finish`. */
  get counters(): readonly KernelCounter[] {
    return this.#counters;
  }

  drain(): void {
    const watermark = this.#writes.probe.drain((chunk) => this.#writePipe.add(chunk));
    this.#lost = this.#writes.probe.lost();
    this.#writePipe.advance(watermark, this.#lost, (batch) => {
      this.#writes.planUnplanned(batch);
      this.usage.take(batch);
    });
    const readMark = this.#reading.probe.drain((chunk) => this.#readPipe.add(chunk));
    this.#readPipe.advance(readMark, 0, (batch) => this.reads.take(batch));
  }

  /** Takes the probes out, and everything that is still in the rings. */
  finish(): void {
    this.#writes.probe.detach();
    this.#reading.probe.detach();
    this.drain();
    this.#writePipe.flush(this.#lost, (batch) => this.usage.take(batch));
    this.#readPipe.flush(0, (batch) => this.reads.take(batch));
    this.#counters = this.#reading.counters();
  }

  close(): void {
    this.#reading.close();
    this.#writes.close();
  }
}

function attached(target: Target, options: ProbeOptions, plan: () => Audit['plan']): Audit {
  try {
    return new Audit({ type: 'process', target }, { plan: plan(), attach: attachKernelProbe }, options);
  } catch (error) {
    target.close();
    throw error;
  }
}

/** Where Go's own files lie on the machine that built the program. */
function runtimeFile(target: Target): string | undefined {
  const main = target.binary.functionNamed('runtime.main');
  return main === undefined ? undefined : target.binary.frames(main.start).at(-1)?.file;
}
