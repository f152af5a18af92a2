import { allOf } from '../../base/all_of.ts';
import type { Closable } from '../../base/dispose.ts';
import { isMapauditError } from '../../base/errors.ts';
import type { Cost, FeedItem, ServedEvent, ServedProcess } from '../../model/feed.ts';
import { processId } from '../../model/process_id.ts';
import type { RaceProbe } from '../../model/race_probe.ts';
import type { ProcessRef, Uncounted, WindowCount } from '../../model/window.ts';
import type { ApiTotals } from '../../protocol/api_totals.ts';
import type { RaceLine } from '../../protocol/race.ts';
import type { ServeOptions } from '../../protocol/serve.ts';
import type { SteadyClock } from '../../sys/steady_clock.ts';
import { cpuTimeMs } from '../../sys/proc/cpu_time.ts';
import { labelsUnread } from '../labels_unread.ts';
import { raceLines } from '../race.ts';
import { SideRun } from '../record/side_run.ts';
import type { Target } from '../target.ts';
import { kindFor } from '../way.ts';
import { CostMeter, type MeteredProbe } from './cost_meter.ts';
import { FoundCounts } from './found_counts.ts';
import { type Detail, Governor } from './governor.ts';
import { loweredText, overText } from './governor_text.ts';
import { growthsAmong, GrowthTrack } from './growth_track.ts';
import type { Looked, MapLooker } from './maps/looker.ts';
import { type Moved, movedSince } from './moved.ts';
import { raceSeen } from './race_items.ts';
import { servedProcess } from './served_of.ts';
import type { TrackOptions } from './track.ts';
import { type CounterReader, Tracks } from './tracks.ts';
import { UncountedTime } from './uncounted_time.ts';

/** Where a run tells what it sees. */
export interface RunOutput {
  readonly tell: (items: readonly FeedItem[]) => void;
  readonly say: (message: string, hint?: string) => void;
  /** Events that were left out because somebody took them too slowly. */
  readonly dropped: (process: ProcessRef) => number;
  readonly counters: CounterReader;
  readonly looker: MapLooker;
}

/** A cost is told so often when nothing changes. */
const COST_EVERY_MS = 5000;
const RACE_FRAMES = 16;

/** One process that is watched: its probes, what they cost, and what is found in its memory. */
export class ServedRun implements Closable {
  readonly process: ServedProcess;
  readonly ref: ProcessRef;
  readonly target: Target;
  readonly #options: ServeOptions;
  readonly #out: RunOutput;
  readonly #clock: SteadyClock;
  readonly #moved: Moved;
  readonly #kind: ReturnType<typeof kindFor>;
  readonly #governor: Governor;
  readonly #meter: CostMeter;
  readonly #looked: Looked;
  readonly #missing = new Set<string>();
  readonly #uncounted: UncountedTime;
  readonly #found = new FoundCounts();
  readonly #tracks: Tracks;
  #growth: GrowthTrack | undefined;
  /** Growth is told by events, and by no probe of its own. */
  #isGrowthAmong = false;
  #isOver = false;
  #races: SideRun<RaceLine> | undefined;
  #raceProbe: RaceProbe | undefined;
  #events = 0;
  /** Of the looks since a cost was told. */
  #shares = { sum: 0, looks: 0 };
  #cost: Cost;
  #costTold = performance.now();

  /** Closes the target where it cannot be watched. Errors: `already-audited`, those of attaching. */
  constructor(target: Target, options: ServeOptions, shared: TrackOptions, out: RunOutput) {
    this.target = target;
    this.#options = options;
    this.#out = out;
    this.#clock = shared.clock;
    this.#moved = movedSince(shared.clock);
    try {
      const kind = kindFor(target.binary, options.probe);
      this.#kind = kind;
      // Jumps are not taken out and placed again, and their code has keys or has none; only uprobes of reads go by themselves.
      const can = { keys: kind !== 'inline', reads: kind === 'kernel', all: kind !== 'inline' };
      this.#governor = new Governor(options.budget, can);
      this.#uncounted = new UncountedTime(this.#governor.detail, performance.now());
      this.process = servedProcess(target, kind);
      this.ref = refOf(this.process);
      this.#meter = new CostMeter(performance.now(), cpuTimeMs(target.pid));
      this.#tracks = new Tracks(target, kind, shared, out.counters, this.#governor.detail);
    } catch (error) {
      target.close();
      throw error;
    }
    this.#cost = this.#costOf(0);
    // It takes its time, while the rings fill; whoever takes the feed is told first how growth comes.
    this.#beside('growth', () => this.#lookForGrowth(shared));
    const growth = this.#isGrowthAmong ? { growth: 'among-events' as const } : {};
    out.tell([{ type: 'joined', at: shared.clock.now(), process: this.process, ...growth }, this.#cost]);
    const unread =
      shared.labels === undefined ? undefined : labelsUnread(target.binary, this.#kind, this.#tracks);
    if (unread !== undefined) this.#out.say(unread.message, unread.hint);
    this.step();
    if (options.races) this.#races = this.#lookForRaces();
    this.step();
    this.#looked = {
      ref: this.ref,
      target,
      tell: (states) => out.tell([states]),
      say: (what, hint) => this.#sayMissing('a part of the maps in its memory', what, hint),
    };
    out.looker.joined(this.#looked);
  }

  /** The share to which the fullest ring was found filled. */
  get fill(): number {
    return this.#tracks.fill;
  }

  /** As it was told last. */
  get cost(): Cost {
    return this.#cost;
  }

  /** What its probes have counted up to now. */
  totals(): ApiTotals {
    const { reads, paused } = this.#tracks.counting;
    return {
      process: processId(this.ref),
      counts: [...this.#tracks.counted()].map(([op, count]) => ({ op, count })),
      ...(paused ? { uncounted: 'all' as const } : reads ? {} : { uncounted: 'reads' as const }),
    };
  }

  /** Takes what lies in the rings. */
  step(): void {
    this.#tellEvents(this.#tracks.drain());
  }

  /** A few times a second: growth, races, and whether it all costs too much. */
  look(): void {
    const growths = this.#growth?.drain() ?? [];
    if (growths.length > 0) this.#out.tell(growths);
    this.#takeRaces();
    this.#govern();
  }

  /** The counts of a window that are this process's, with what events told of them. */
  withFound(counts: readonly WindowCount[]): readonly WindowCount[] {
    const filled = this.#found.fill(counts);
    const before = this.#found.forgotten;
    this.#found.forget();
    if (before === 0 && this.#found.forgotten > 0)
      this.#out.say(
        `of ${this.ref.name} (pid ${this.ref.pid}) it is not known of all operations whether their keys were there: it works on too many maps`,
        'Their counts are exact. found_unknown of /status says of how many.',
      );
    return filled;
  }

  /** For how long not everything was counted since the last window. */
  uncounted(): readonly Uncounted[] {
    return this.#uncounted.take(performance.now()).map((time) => ({ process: this.ref, ...time }));
  }

  /**
   * Takes the probes out, and tells the last there is; `left` is for whoever closes the window. What fails keeps nothing
   * else from being told and taken out; the first error is thrown at the end.
   */
  async finish(): Promise<void> {
    await allOf(
      () => this.#races?.end(),
      () => this.#takeRaces(),
      () => {
        this.#races = undefined;
        const growths = this.#growth?.finish() ?? [];
        if (growths.length > 0) this.#out.tell(growths);
      },
      () => this.#tracks.finish((events) => this.#tellEvents([events])),
      () => this.#tracks.takeOut(),
      () => this.#growth?.takeOut(),
      () => this.#tellCost(),
      () => this.close(),
    );
  }

  close(): void {
    this.#out.looker.left(this.#looked);
    this.#tracks.close();
    this.#growth?.close();
    this.#growth = undefined;
    this.target.close();
  }

  #tellEvents(batches: readonly (readonly ServedEvent[])[]): void {
    const { sampleEvery } = this.#governor.detail;
    for (const events of batches) {
      if (events.length === 0) continue;
      this.#events += events.length;
      if (sampleEvery === 1) this.#found.add(events);
      this.#out.tell([{ type: 'events', process: this.ref, sampledEvery: sampleEvery, events }]);
      // Not one of them is left out by sampling.
      if (this.#isGrowthAmong) this.#out.tell(growthsAmong(events, this.ref));
    }
  }

  /** By CLOCK_MONOTONIC alone: a clock that is set is no load. */
  #govern(): void {
    const now = performance.now();
    const { budget } = this.#options;
    const measured = this.#meter.look(now, cpuTimeMs(this.ref.pid), this.#metered());
    const before = this.#governor.detail;
    this.#shares = { sum: this.#shares.sum + measured.share, looks: this.#shares.looks + 1 };
    const isChanged = this.#governor.look(measured);
    if (isChanged) this.#change(before, this.#governor.detail, measured.share);
    else if (measured.share > budget && this.#governor.isAtLast && !before.paused)
      this.#sayOver(measured.share);
    if (!isChanged && now - this.#costTold < COST_EVERY_MS) return;
    if (!isChanged) this.#place();
    this.#costTold = now;
    this.#tellCost();
  }

  /** The mean since it was told last. */
  #tellCost(): void {
    const { sum, looks } = this.#shares;
    this.#cost = this.#costOf(looks === 0 ? this.#cost.share : sum / looks);
    this.#shares = { sum: 0, looks: 0 };
    this.#out.tell([this.#cost]);
  }

  #change(before: Detail, detail: Detail, share: number): void {
    this.#place();
    // What could not be placed is said already.
    const { reads, paused } = this.#tracks.counting;
    if (paused !== detail.paused || reads !== (detail.reads && !detail.paused)) return;
    const { name, pid } = this.ref;
    const probe = this.#kind;
    const said = loweredText({ name, pid, before, detail, share, budget: this.#options.budget, probe });
    if (said !== undefined) this.#out.say(said.message, said.hint);
  }

  /** Once: it is said with each cost. */
  #sayOver(share: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { name, pid } = this.ref;
    const { message, hint } = overText({ name, pid, share, budget: this.#options.budget });
    this.#out.say(message, hint);
  }

  /** Probes as the governor wants them. One that cannot be placed is tried again with the next cost that is told. */
  #place(): void {
    const { detail } = this.#governor;
    const began = performance.now();
    this.#beside('what was left alone', () => this.#tellEvents(this.#tracks.apply(detail)));
    this.#uncounted.change(this.#tracks.counting, began, performance.now());
  }

  #costOf(share: number): Cost {
    const { sampleEvery, keys } = this.#governor.detail;
    const { reads, paused } = this.#tracks.counting;
    const growths = this.#growth?.lost ?? 0;
    return {
      type: 'cost',
      at: this.#clock.now(),
      process: this.ref,
      share,
      budget: this.#options.budget,
      sampledEvery: sampleEvery,
      keys: keys && this.#options.keys.type !== 'none',
      reads,
      ...(paused ? { paused: true as const } : {}),
      ringFill: Math.min(1, this.fill),
      events: this.#events,
      lost: {
        ringFull: this.#tracks.ringFull + growths,
        growths,
        outputSlow: this.#out.dropped(this.ref),
      },
      ...(this.#found.forgotten === 0 ? {} : { foundUnknown: this.#found.forgotten }),
    };
  }

  /** Uprobes tell more of it than the hook does; but they are not everybody's, and cannot stand beside jumps. */
  #lookForGrowth(shared: TrackOptions): void {
    if (this.#kind === 'inline') {
      this.#isGrowthAmong = true;
      return;
    }
    try {
      this.#growth = new GrowthTrack(this.target, this.ref, shared);
    } catch (error) {
      if (this.#kind !== 'build' || !isMapauditError(error)) throw error;
      this.#isGrowthAmong = true;
      this.#out.say(
        `of ${this.ref.name} (pid ${this.ref.pid}) growth is told by its hook: when, where and of which map, without cause, size and duration`,
        `Uprobes would tell more: ${error.message}.`,
      );
    }
  }

  #metered(): readonly MeteredProbe[] {
    const race = this.#raceProbe;
    const races =
      race === undefined || this.#races === undefined
        ? []
        : [
            {
              probe: race,
              entries: race.siteCounts().reduce((sum, { hits, ignored }) => sum + hits + ignored, 0),
              events: 0,
              hasExits: false,
              isReads: false,
            },
          ];
    const growth = this.#growth === undefined ? [] : [this.#growth.metered()];
    return [...this.#tracks.metered(), ...growth, ...races];
  }

  #lookForRaces(): SideRun<RaceLine> {
    const { keys, budget } = this.#options;
    const { pid } = this.ref;
    return new SideRun((signal) =>
      raceLines({ pid, budget, keys, frames: RACE_FRAMES, probe: 'kernel' }, signal, (probe) => {
        this.#raceProbe = probe;
      }),
    );
  }

  #takeRaces(): void {
    for (const line of this.#races?.take() ?? [])
      if (line.type === 'race') this.#out.tell([this.#moved(raceSeen(line, this.ref))]);
    const failed = this.#races?.failed;
    if (failed === undefined) return;
    this.#races = undefined;
    this.#sayMissing('races', failed.message, failed.hint);
  }

  /** What stands beside the counters is left out where it cannot be had. */
  #beside(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!isMapauditError(error)) throw error;
      this.#sayMissing(what, error.message, error.hint);
    }
  }

  /** Once: what cannot be had stays so. */
  #sayMissing(what: string, why: string, hint: string | undefined): void {
    if (this.#missing.has(`${what} ${why}`)) return;
    this.#missing.add(`${what} ${why}`);
    this.#out.say(`of ${this.ref.name} (pid ${this.ref.pid}) ${what} cannot be told: ${why}`, hint);
  }
}

function refOf({ pid, started, name, buildId }: ServedProcess): ProcessRef {
  return {
    pid,
    ...(started === undefined ? {} : { started }),
    name,
    ...(buildId === undefined ? {} : { buildId }),
  };
}
