import { randomBytes } from 'node:crypto';
import type { ProbeOptions } from '../model/probe.ts';
import type { GrowthEvent, Migration } from '../protocol/growth.ts';
import type { GrowOptions } from '../protocol/options.ts';
import type { GrowLine } from '../protocol/questions.ts';
import type { EndReason, Summary } from '../protocol/summary.ts';
import { GrowthRates, isGrowth } from '../query/growth/rates.ts';
import { captureBytes, kernelFilter } from '../query/kernel_filter.ts';
import type { Audit } from './audit.ts';
import { Fleet } from './fleet.ts';
import { GrowStream } from './grow_stream.ts';
import { withMapPath } from './map_path.ts';
import { growthPlanFor } from './plans.ts';
import { ringBytesOf } from './ring_size.ts';
import { RunClock } from './run_clock.ts';

/** A running `grow`: probes in place until the iteration ends, whichever way. `showPid`: also of one process alone. */
export async function* growLines(
  options: GrowOptions,
  signal: AbortSignal,
  showPid = options.selection.type !== 'pid',
): AsyncGenerator<readonly GrowLine[], void> {
  const filters = withMapPath(options.selection, options.filters);
  const run = new GrowRun({ ...options, filters }, showPid);
  const clock = new RunClock(options.durationMs, signal);
  try {
    let end: EndReason | undefined;
    while (end === undefined) {
      const lines = run.step(clock.isTimeToLook);
      if (lines.length > 0) yield lines;
      end = run.ended ?? clock.ended;
      if (end === undefined) await clock.tick(run.fill);
    }
    yield run.finish(end, clock.elapsedMs);
  } finally {
    await run.close();
  }
}

class GrowRun {
  readonly #options: GrowOptions;
  readonly #rates = new GrowthRates();
  readonly #salt = randomBytes(32);
  readonly #streams = new Map<Audit, GrowStream>();
  readonly #fleet: Fleet;
  #extra: GrowLine[] = [];
  #lost = 0;
  #clears = 0;
  #growths = 0;
  #events = 0;

  constructor(options: GrowOptions, showPid: boolean) {
    this.#options = options;
    this.#fleet = new Fleet(
      {
        selection: options.selection,
        ops: options.filters.ops,
        map: options.filters.map,
        effects: 'off',
        probe: probeOptions(options),
        kind: options.probe,
        plan: growthPlanFor,
      },
      {
        joined: (audit) => {
          this.#extra.push(audit.attached);
          this.#streams.set(audit, new GrowStream(audit, options, this.#salt, showPid));
        },
        left: (audit) => this.#leave(audit),
        notice: (notice) => this.#extra.push(notice),
      },
    );
  }

  get ended(): EndReason | undefined {
    return this.#left <= 0 ? 'count' : this.#fleet.ended;
  }

  /** Growths that are still wanted. */
  get #left(): number {
    return (this.#options.count ?? Infinity) - this.#events;
  }

  /** The share to which the fullest ring of all was found filled. */
  get fill(): number {
    return Math.max(0, ...[...this.#streams.values()].map((stream) => stream.fill));
  }

  step(look: boolean): readonly GrowLine[] {
    if (look) this.#fleet.look();
    const growths = [...this.#streams.values()].flatMap((stream): (GrowthEvent | Migration)[] => [
      ...stream.drain(),
      ...(look ? stream.progress() : []),
    ]);
    return this.#lines(growths);
  }

  finish(ended: EndReason, elapsedMs: number): readonly GrowLine[] {
    for (const audit of [...this.#streams.keys()]) this.#leave(audit);
    return [...this.#lines([]), this.#rates.line(elapsedMs), this.#summary(ended, elapsedMs)];
  }

  close(): Promise<void> {
    return this.#fleet.end();
  }

  #leave(audit: Audit): void {
    const stream = this.#streams.get(audit);
    this.#streams.delete(audit);
    if (stream === undefined) return;
    this.#extra.push(...this.#take(stream.finish()));
    this.#lost += stream.lost;
  }

  #lines(growths: readonly (GrowthEvent | Migration)[]): GrowLine[] {
    const taken = this.#take(growths);
    const lines = [...this.#extra, ...taken];
    this.#extra = [];
    return lines;
  }

  #take(growths: readonly (GrowthEvent | Migration)[]): readonly (GrowthEvent | Migration)[] {
    return growths.filter((growth) => {
      if (this.#left <= 0) return false;
      if (growth.type === 'migration') return true;
      this.#rates.add(growth);
      this.#events++;
      if (growth.op === 'clear') this.#clears++;
      if (isGrowth(growth.op)) this.#growths++;
      return true;
    });
  }

  #summary(ended: EndReason, elapsedMs: number): Summary {
    const [grow, clear] = [this.#growths, this.#clears];
    return {
      type: 'summary',
      ended,
      duration_ms: Math.round(elapsedMs),
      events: this.#events,
      lost: this.#lost,
      sampled: 0,
      loss: {
        ring_full: this.#lost,
        output_slow: 0,
        key_unreadable: 0,
        stack_unreadable: 0,
        len_unreadable: 0,
      },
      by_op: {
        ...(grow > 0 ? { grow: { events: grow } } : {}),
        ...(clear > 0 ? { clear: { events: clear } } : {}),
      },
    };
  }
}

function probeOptions(options: GrowOptions): ProbeOptions {
  return {
    mode: 'events',
    sampleEvery: 1,
    frames: options.frames,
    keyBytes: captureBytes(options.keys, options.filters),
    facts: true,
    ...kernelFilter(options.filters),
    ringBytes: ringBytesOf(options.ringBytes),
  };
}
