import { MapauditError } from '../base/errors.ts';
import type { ProbeOptions } from '../model/probe.ts';
import { NO_LOSS } from '../protocol/loss.ts';
import type { Notice } from '../protocol/notice.ts';
import type { ProbeKind, TopOptions } from '../protocol/options.ts';
import type { TopLine, TopSession } from '../protocol/questions.ts';
import type { KeyPrefixCounter, Snapshot } from '../protocol/snapshot.ts';
import type { EndReason, Summary } from '../protocol/summary.ts';
import { captureBytes, kernelFilter } from '../query/kernel_filter.ts';
import { Tally } from '../query/tally.ts';
import type { Audit } from './audit.ts';
import { Fleet } from './fleet.ts';
import { ringBytesOf } from './ring_size.ts';
import { RunClock } from './run_clock.ts';
import { TopCounts } from './top_counts.ts';

/** One operation in so many has its key looked at, while keys are wanted. */
const KEY_SAMPLING = 64;

/** Starts `top`: operations are counted in the kernel; keys are sampled while somebody wants them. */
export function startTop(options: TopOptions, signal: AbortSignal): TopSession {
  const wish = { keys: false };
  return {
    lines: topLines(options, signal, wish),
    wantKeys(on) {
      wish.keys = on && options.keys.type === 'full';
    },
  };
}

async function* topLines(
  options: TopOptions,
  signal: AbortSignal,
  wish: { readonly keys: boolean },
): AsyncGenerator<TopLine, void> {
  const run = new TopRun(options);
  const clock = new RunClock(options.durationMs, signal);
  let nextSnapshot = options.once ? Infinity : options.intervalMs;
  try {
    let end: EndReason | undefined;
    while (end === undefined) {
      run.sampleKeys(wish.keys);
      run.step(clock.isTimeToLook);
      yield* run.takeLines();
      end = clock.ended ?? run.ended;
      if (end === undefined && clock.elapsedMs >= nextSnapshot) {
        yield run.snapshot(clock.elapsedMs);
        nextSnapshot +=
          options.intervalMs * Math.ceil((clock.elapsedMs - nextSnapshot) / options.intervalMs || 1);
      }
      if (end === undefined) await clock.tick(run.fill);
    }
    run.detach();
    yield* run.takeLines();
    yield run.snapshot(clock.elapsedMs, end);
    yield run.summary(end, clock.elapsedMs);
  } finally {
    await run.close();
  }
}

class TopRun {
  readonly #options: TopOptions;
  readonly #fleet: Fleet;
  readonly #counts = new Map<Audit, TopCounts>();
  /** Counts of processes that have ended. */
  readonly #gone: TopCounts[] = [];
  #lines: (TopLine | Notice)[] = [];
  #sampling = false;
  #lastAt = 0;
  /** When `#lastAt` was, of the clock that needs nobody to tell it. */
  #lastTime = performance.now();

  constructor(options: TopOptions) {
    this.#options = options;
    this.#fleet = new Fleet(
      {
        selection: options.selection,
        ops: options.filters.ops,
        effects: 'off',
        sync: options.filters.sync === true,
        map: options.filters.map,
        probe: probeOptions(options),
        kind: kindOf(options),
      },
      {
        joined: (audit) => this.#join(audit),
        left: (audit) => this.#leave(audit),
        notice: (notice) => this.#lines.push(notice),
      },
    );
  }

  get ended(): EndReason | undefined {
    return this.#fleet.ended;
  }

  /** The share to which the fullest ring of all was found filled. */
  get fill(): number {
    return Math.max(0, ...this.#fleet.audits.map((audit) => audit.probe.fill));
  }

  takeLines(): readonly TopLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  sampleKeys(on: boolean): void {
    if (on === this.#sampling) return;
    this.#sampling = on;
    for (const counts of this.#counts.values()) counts.sampleKeys(on ? KEY_SAMPLING : 0);
  }

  step(look: boolean): void {
    if (look) this.#fleet.look();
    if (this.#sampling) for (const counts of this.#counts.values()) counts.drain();
  }

  detach(): void {
    for (const audit of this.#fleet.audits) audit.probe.detach();
  }

  snapshot(elapsedMs: number, ended?: EndReason): Snapshot {
    const seconds = Math.max(0.001, (elapsedMs - this.#lastAt) / 1000);
    for (const counts of this.#counts.values()) counts.read(seconds);
    const all = this.#all();
    const counters = all.flatMap((counts) => counts.rows());
    const prefixes = all.flatMap((counts): KeyPrefixCounter[] => counts.keyPrefixes(elapsedMs));
    const snapshot: Snapshot = {
      type: 'snapshot',
      time: new Date().toISOString(),
      elapsed_ms: Math.round(elapsedMs),
      interval_ms: Math.round(elapsedMs - this.#lastAt),
      targets: this.#fleet.audits.map((audit) => audit.attached),
      counters,
      ...(this.#sampling ? { key_prefixes: prefixes, keys_sampled_every: KEY_SAMPLING } : {}),
      events: counters.reduce((sum, row) => sum + row.count, 0),
      // Counted in the kernel: nothing passes through a ring that could be full.
      lost: 0,
      loss: NO_LOSS,
      ...(ended === undefined ? {} : { ended }),
    };
    this.#lastAt = elapsedMs;
    this.#lastTime = performance.now();
    for (const counts of this.#gone) counts.rest();
    return snapshot;
  }

  summary(ended: EndReason, elapsedMs: number): Summary {
    const tally = new Tally();
    for (const row of this.#all().flatMap((counts) => counts.rows())) tally.addUnseen(row.op, row.count);
    const byOp = tally.byOp();
    return {
      type: 'summary',
      ended,
      duration_ms: Math.round(elapsedMs),
      events: Object.values(byOp).reduce((sum, op) => sum + op.events, 0),
      lost: 0,
      sampled: 0,
      loss: NO_LOSS,
      by_op: byOp,
    };
  }

  close(): Promise<void> {
    return this.#fleet.end();
  }

  #all(): readonly TopCounts[] {
    return [...this.#gone, ...this.#counts.values()];
  }

  #join(audit: Audit): void {
    this.#lines.push(audit.attached);
    const counts = new TopCounts(audit, this.#options);
    if (this.#sampling) counts.sampleKeys(KEY_SAMPLING);
    this.#counts.set(audit, counts);
  }

  #leave(audit: Audit): void {
    const counts = this.#counts.get(audit);
    this.#counts.delete(audit);
    if (counts === undefined) return;
    counts.read(Math.max(0.001, (performance.now() - this.#lastTime) / 1000));
    counts.freeze();
    this.#gone.push(counts);
  }
}

/** Keys are told while counting by the kernel alone: the others count by site, map and caller. */
function kindOf({ probe, filters: { key, keyLiteral } }: TopOptions): ProbeKind {
  if (key === undefined && keyLiteral === undefined) return probe;
  if (probe === 'auto' || probe === 'kernel') return 'kernel';
  throw new MapauditError('key-filter-needs-kernel', `the ${probe} probe counts without a look at keys`, {
    hint: 'Use --probe kernel, or mapaudit trace --key, which looks at each event.',
  });
}

function probeOptions(options: TopOptions): ProbeOptions {
  const { keyLiteral: text, map } = options.filters;
  return {
    ...(text === undefined ? {} : { keyLiteral: { text, ...(map === undefined ? {} : { mapType: map }) } }),
    mode: 'both',
    sampleEvery: 0,
    frames: 0,
    keyBytes: captureBytes(options.keys, options.filters),
    ...kernelFilter(options.filters),
    ringBytes: ringBytesOf(options.ringBytes),
  };
}
