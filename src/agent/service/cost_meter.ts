import type { RunningProbe } from '../../model/probe.ts';
import type { Measured } from './governor.ts';

/**
 * Nanoseconds from an operation into the kernel's program and back: int3, the kernel's uprobe code, the emulated
 * instruction. Measured with an empty program at the same instruction: bench/results/cost.md, "floor".
 */
const TRAP_NS = 940;
/** Of the other probes nothing enters the kernel: bench/results/build.md and inline.md, "event with key". */
const INSIDE_NS = { counted: 6, event: 20 } as const;
/** Until the kernel has timed some runs: bench/results/cost.md. */
const FIRST_RUN_NS = { counted: 150, event: 700 } as const;
/** Making a record costs so much of a run; the rest of a run is counting. */
const EVENT_PART_NS = 500;
/** So much of a new measurement goes into the mean. */
const FRESH = 0.3;
/** A measurement counts as at most so many times the mean of before: what is truly dearer is learnt in some steps. */
const MOST_TIMES = 4;
/** A mean of fewer runs says nothing. */
const LEAST_RUNS = 50;

/** What is measured of a probe: not all are alike. */
type MeteredRuns = Pick<RunningProbe, 'runTimes'>;

/** A probe whose costs are to be known. */
export interface MeteredProbe {
  readonly probe: MeteredRuns;
  /** Entries that the program had so far, with those that were dropped or belong to another's operation. */
  readonly entries: number;
  /** Of these, records that were made or had no room. */
  readonly events: number;
  /** What each record has at its end too: another probe. */
  readonly hasExits: boolean;
  readonly isReads: boolean;
}

interface Before {
  entries: number;
  events: number;
  runs: number;
  exits: number;
  ns: number;
  /** Of the kernel's program, for each entry, with the runs at ends. */
  runNs: number;
  exitsEach: number;
}

/**
 * What probes take of a process's CPU time: hits are counted exactly, and each is taken for what a hit costs: the trap
 * as it was measured once, and the time within the program as the kernel measures it now and then on this machine.
 */
export class CostMeter {
  readonly #before = new Map<MeteredRuns, Before>();
  #at: number;
  #cpuMs: number | undefined;

  constructor(at: number, cpuMs: number | undefined) {
    this.#at = at;
    this.#cpuMs = cpuMs;
  }

  /**
   * Since the last time. `cpuMs`: CPU time of the process so far. One that takes less than a CPU counts as if it took
   * one: of an idle process each hit would be a large part.
   */
  look(
    at: number,
    cpuMs: number | undefined,
    probes: readonly MeteredProbe[],
  ): Measured & { cpuShare: number } {
    const span = Math.max(1, at - this.#at);
    const used = cpuMs === undefined || this.#cpuMs === undefined ? 0 : cpuMs - this.#cpuMs;
    this.#at = at;
    this.#cpuMs = cpuMs ?? this.#cpuMs;
    let [all, events, allEvents, reads, operations] = [0, 0, 0, 0, 0];
    for (const metered of probes) {
      const cost = this.#cost(metered);
      all += cost.ns;
      events += cost.eventNs;
      allEvents += cost.allEventsNs;
      operations += cost.entries;
      if (metered.isReads) reads += cost.ns - cost.eventNs;
    }
    for (const probe of this.#before.keys())
      if (!probes.some((metered) => metered.probe === probe)) this.#before.delete(probe);
    const whole = Math.max(used, span) * 1e6;
    return {
      at,
      share: all / whole,
      events: events / whole,
      allEvents: allEvents / whole,
      reads: reads / whole,
      operations: (operations * 1000) / span,
      cpuShare: used / span,
    };
  }

  #cost(metered: MeteredProbe): { ns: number; eventNs: number; allEventsNs: number; entries: number } {
    const before = this.#of(metered);
    const entries = Math.max(0, metered.entries - before.entries);
    const events = Math.max(0, metered.events - before.events);
    before.entries = metered.entries;
    before.events = metered.events;
    const { probe } = metered;
    if (probe.runTimes === undefined)
      return {
        ns: entries * INSIDE_NS.counted + events * INSIDE_NS.event,
        eventNs: events * INSIDE_NS.event,
        allEventsNs: entries * INSIDE_NS.event,
        entries,
      };
    this.#learn(before, probe.runTimes());
    const exits = metered.hasExits ? before.exitsEach : 0;
    return {
      ns: entries * (TRAP_NS * (1 + exits) + before.runNs),
      eventNs: events * Math.min(EVENT_PART_NS, before.runNs),
      allEventsNs: entries * EVENT_PART_NS,
      entries,
    };
  }

  #learn(
    before: Before,
    now: { readonly entries: number; readonly exits: number; readonly ns: number },
  ): void {
    const runs = now.entries - before.runs;
    if (runs < LEAST_RUNS) return;
    // One run that was put aside for seconds, on a machine that others use too, is not what a run takes.
    const ns = Math.min((now.ns - before.ns) / runs, MOST_TIMES * before.runNs);
    const exits = (now.exits - before.exits) / runs;
    before.runNs += FRESH * (ns - before.runNs);
    before.exitsEach += FRESH * (exits - before.exitsEach);
    [before.runs, before.exits, before.ns] = [now.entries, now.exits, now.ns];
  }

  #of({ probe, entries, events, hasExits }: MeteredProbe): Before {
    let before = this.#before.get(probe);
    if (before === undefined) {
      const run = FIRST_RUN_NS.counted + (entries > 0 && events > 0 ? FIRST_RUN_NS.event : 0);
      before = { entries: 0, events: 0, runs: 0, exits: 0, ns: 0, runNs: run, exitsEach: hasExits ? 1 : 0 };
      this.#before.set(probe, before);
    }
    return before;
  }
}
