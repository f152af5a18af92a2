import { randomBytes } from 'node:crypto';
import { CloseStack } from '../base/dispose.ts';
import { addr } from '../model/addr.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import type { RaceProbe } from '../model/race_probe.ts';
import { KEY_TEXT_MAX } from '../model/record.ts';
import { NO_LOSS } from '../protocol/loss.ts';
import type { RaceLine, RaceOptions, RaceTotals } from '../protocol/race.ts';
import type { EndReason, Summary } from '../protocol/summary.ts';
import { RaceBudget } from '../query/race/budget.ts';
import { RaceFindings } from '../query/race/findings.ts';
import { versionName } from '../query/version_name.ts';
import { cpuTimeMs } from '../sys/proc/cpu_time.ts';
import { withMapPath } from './map_path.ts';
import { RaceStream } from './race_stream.ts';
import { raceWayFor } from './race_way.ts';
import { ringBytesOf } from './ring_size.ts';
import { RunClock } from './run_clock.ts';
import { Target } from './target.ts';
import { pid as toPid } from '../model/ids.ts';

/** Rings hold findings alone, not operations. */
const RING_BYTES = 1 << 18;

/** A running `race`: probes in place until the iteration ends, whichever way. `placed` is given the probe, and nothing once it is gone. */
export async function* raceLines(
  options: RaceOptions,
  signal: AbortSignal,
  placed?: (probe: RaceProbe | undefined) => void,
): AsyncGenerator<readonly RaceLine[], void> {
  const run = new RaceRun(options);
  placed?.(run.probe);
  const clock = new RunClock(options.durationMs, signal);
  try {
    yield run.attached;
    let end: EndReason | undefined;
    while (end === undefined) {
      if (clock.isTimeToLook) run.look(clock.elapsedMs);
      const lines = run.step();
      if (lines.length > 0) yield lines;
      end = run.ended ?? clock.ended;
      if (end === undefined) await clock.tick(run.fill);
    }
    yield run.finish(end, clock.elapsedMs);
  } finally {
    placed?.(undefined);
    await run.close();
  }
}

class RaceRun {
  readonly #options: RaceOptions;
  readonly #closing = new CloseStack();
  readonly #target: Target;
  readonly probe: RaceProbe;
  readonly #plan: ProbePlan;
  readonly #stream: RaceStream;
  readonly #findings = new RaceFindings();
  readonly #budget: RaceBudget;
  readonly #cpuBefore: number;
  #cpuMs = 0;
  #targetEnd: EndReason | undefined;

  constructor(options: RaceOptions) {
    this.#options = options;
    const selection = { type: 'pid', pid: options.pid } as const;
    const asked = {
      ops: [],
      ...(options.map === undefined ? {} : { map: options.map }),
      ...(options.mapAddress === undefined ? {} : { mapAddress: options.mapAddress }),
    };
    const { map, mapAddress } = withMapPath(selection, asked);
    try {
      const target = this.#closing.add(Target.open(toPid(options.pid)));
      this.#target = target;
      const way = raceWayFor(target, options.probe);
      this.#plan = way.plan;
      const { type: keys } = options.keys;
      this.probe = this.#closing.add(
        way.attach(
          {
            mode: 'events',
            sampleEvery: 1,
            frames: options.frames,
            keyBytes: keys === 'none' ? 0 : KEY_TEXT_MAX,
            verdicts: map !== undefined,
            ...(mapAddress === undefined ? {} : { mapAddress: addr(mapAddress) }),
            ringBytes: ringBytesOf(options.ringBytes ?? RING_BYTES),
          },
          keys === 'none' ? [] : target.keyPlans(),
        ),
      );
      this.#stream = new RaceStream({
        target,
        plan: this.#plan,
        probe: this.probe,
        keys: options.keys,
        salt: randomBytes(32),
        map,
      });
      this.#budget = new RaceBudget(options.budget);
      this.#cpuBefore = cpuTimeMs(target.pid) ?? 0;
      this.look(0);
    } catch (error) {
      this.#closing.close();
      throw error;
    }
  }

  get attached(): readonly RaceLine[] {
    const { facts, binary, pid } = this.#target;
    const still = this.probe.stillMs;
    return [
      {
        type: 'attached',
        pid,
        name: facts.name,
        go_version: versionName(binary.version),
        flavour: this.#plan.flavour,
        probes: this.#plan.sites.length,
        attach_ms: this.probe.attachMs,
        ...(still === undefined ? {} : { still_ms: still }),
      },
    ];
  }

  get ended(): EndReason | undefined {
    return this.#findings.races >= (this.#options.count ?? Infinity) ? 'count' : this.#targetEnd;
  }

  get fill(): number {
    return this.probe.fill;
  }

  /** Sets what may be waited until the next look. */
  look(elapsedMs: number): void {
    this.#targetEnd = this.#target.ended();
    const cpu = cpuTimeMs(this.#target.pid);
    if (cpu !== undefined) this.#cpuMs = Math.max(this.#cpuMs, cpu - this.#cpuBefore);
    const { totalNs, pace } = this.#budget.look(elapsedMs, this.#cpuMs, this.probe.spent().ns);
    this.probe.allow(totalNs, pace);
  }

  step(): readonly RaceLine[] {
    return this.#findings.add(this.#stream.drain());
  }

  finish(ended: EndReason, elapsedMs: number): readonly RaceLine[] {
    this.look(elapsedMs);
    this.probe.detach();
    const last = this.step();
    return [...last, ...this.#findings.end(), this.#summary(ended, elapsedMs)];
  }

  async close(): Promise<void> {
    try {
      await this.probe.takeOut?.();
    } finally {
      this.#closing.close();
    }
  }

  #summary(ended: EndReason, elapsedMs: number): Summary {
    const lost = this.probe.lost();
    return {
      type: 'summary',
      ended,
      duration_ms: Math.round(elapsedMs),
      events: this.#findings.seen,
      lost,
      sampled: 0,
      loss: { ...NO_LOSS, ring_full: lost },
      by_op: {},
      races: this.#findings.races,
      race: this.#totals(),
    };
  }

  #totals(): RaceTotals {
    const spent = this.probe.spent();
    const counted = this.#budget.countedMs;
    const operations = this.probe.siteCounts().reduce((sum, site) => sum + site.hits, 0);
    return {
      writing: this.#findings.writings,
      shared: this.#findings.shared,
      operations,
      watches: spent.watches,
      waited_ms: spent.ns / 1e6,
      longest_wait_us: spent.longestNs / 1e3,
      budget: this.#options.budget,
      target_cpu_ms: this.#cpuMs,
      ...(counted > 0 ? { waited_share: spent.ns / 1e6 / counted } : {}),
    };
  }
}
