import { allOf } from '../../base/all_of.ts';
import type { Closable } from '../../base/dispose.ts';
import type { ServedEvent } from '../../model/feed.ts';
import { isRead, type MapOp, MAP_OPS, READ_OPS } from '../../model/map_op.ts';
import type { ProbeKind } from '../../protocol/options.ts';
import type { Audit } from '../audit.ts';
import { refusePatched } from '../patched.ts';
import type { Target } from '../target.ts';
import type { MeteredProbe } from './cost_meter.ts';
import type { Detail } from './governor.ts';
import { Track, type TrackOptions } from './track.ts';

/** Of growth too, which is a part of an assign. */
const WRITES = MAP_OPS.filter((op) => !isRead(op));

/** Whoever reads the counters of tracks that come and go. */
export interface CounterReader {
  readonly joined: (audit: Audit) => void;
  /** They can be read for the last time. */
  readonly left: (audit: Audit) => void;
  /** They cannot be read any more. */
  readonly dropped: (audit: Audit) => void;
}

/** The probes of one process: as many as the detail that is wanted takes. */
export class Tracks implements Closable {
  readonly #target: Target;
  readonly #kind: ProbeKind;
  readonly #options: TrackOptions;
  readonly #counters: CounterReader;
  #writes: Track | undefined;
  #reads: Track | undefined;
  /** Their probes see nothing any more, and may still be there. */
  #ended: readonly Track[] = [];
  #lostGone = 0;
  /** What tracks have counted that are gone. */
  readonly #countedGone = new Map<MapOp, number>();

  /** Errors: those of attaching; nothing is left in place then. */
  constructor(
    target: Target,
    kind: ProbeKind,
    options: TrackOptions,
    counters: CounterReader,
    detail: Detail,
  ) {
    this.#target = target;
    this.#kind = kind;
    this.#options = options;
    this.#counters = counters;
    try {
      this.#open(detail);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get fill(): number {
    return Math.max(0, ...this.#all.map(({ fill }) => fill));
  }

  /** Records that found a ring full, since the beginning. */
  get ringFull(): number {
    return this.#all.reduce((sum, track) => sum + track.ringFull, this.#lostGone);
  }

  /** As `RunningProbe` has it. */
  get takesLabels(): boolean {
    return this.#writes?.audit.probe.takesLabels === true;
  }

  /** What is counted now: less than was wanted where a probe could not be placed again. */
  get counting(): Pick<Detail, 'reads' | 'paused'> {
    const [writes, reads] = [this.#writes !== undefined, this.#reads !== undefined];
    return { paused: !writes, reads: this.#kind === 'kernel' ? reads : writes };
  }

  /** Operations since the beginning, also of those that made no event. */
  counted(): ReadonlyMap<MapOp, number> {
    const counted = new Map(this.#countedGone);
    for (const track of this.#all) addTo(counted, track.counted());
    return counted;
  }

  drain(): readonly (readonly ServedEvent[])[] {
    return this.#all.map((track) => track.drain());
  }

  metered(): readonly MeteredProbe[] {
    return this.#all.map((track) => track.metered());
  }

  /**
   * Changes what is looked at. Gives the last events of probes that went. Errors: those of attaching, `already-audited`
   * where the inline probe has come into the process while none of ours was in it.
   */
  apply(detail: Detail): readonly (readonly ServedEvent[])[] {
    const last: (readonly ServedEvent[])[] = [];
    const { paused, reads } = detail;
    // One whose end fails is out of all sums already, and stays in none.
    if (paused) {
      const writes = this.#writes;
      this.#writes = undefined;
      if (writes !== undefined) last.push(this.#end(writes));
    }
    // The other probes are in the process, where one of them does not pay to be taken out.
    if (paused || !reads) {
      const track = this.#reads;
      this.#reads = undefined;
      if (track !== undefined) last.push(this.#end(track));
    }
    if (!detail.paused) this.#open(detail);
    for (const track of this.#all) track.apply(detail);
    return last;
  }

  /** Ends all, and tells their last events; `takeOut` follows. One that fails keeps no other from its end. */
  async finish(tell: (events: readonly ServedEvent[]) => void): Promise<void> {
    this.#ended = this.#all;
    [this.#writes, this.#reads] = [undefined, undefined];
    await allOf(...this.#ended.map((track) => () => tell(this.#last(track))));
  }

  /** Takes out what has ended without holding all up; `close` follows. */
  async takeOut(): Promise<void> {
    await allOf(...this.#ended.map((track) => () => track.takeOut()));
  }

  /** What has not been ended is given up, with what it counted since it was read last. */
  close(): void {
    for (const track of this.#all) this.#counters.dropped(track.audit);
    for (const track of [...this.#all, ...this.#ended]) track.close();
    [this.#writes, this.#reads] = [undefined, undefined];
    this.#ended = [];
  }

  get #all(): readonly Track[] {
    return [this.#writes, this.#reads].filter((track) => track !== undefined);
  }

  #open(detail: Detail): void {
    const isApart = this.#kind === 'kernel';
    this.#writes ??= this.#track(isApart ? WRITES : MAP_OPS, detail);
    if (isApart && detail.reads) this.#reads ??= this.#track(READ_OPS, detail);
  }

  #track(ops: readonly MapOp[], detail: Detail): Track {
    if (this.#kind === 'kernel') refusePatched(this.#target.pid);
    const track = new Track(this.#target, ops, this.#kind, this.#options, detail);
    this.#counters.joined(track.audit);
    return track;
  }

  #end(track: Track): readonly ServedEvent[] {
    try {
      return this.#last(track);
    } finally {
      track.close();
    }
  }

  #last(track: Track): readonly ServedEvent[] {
    try {
      return track.finish();
    } finally {
      // Counts are exact whatever became of the events.
      this.#counters.left(track.audit);
      this.#lostGone += track.ringFull;
      addTo(this.#countedGone, track.counted());
    }
  }
}

function addTo(sums: Map<MapOp, number>, counted: ReadonlyMap<MapOp, number>): void {
  for (const [op, count] of counted) sums.set(op, (sums.get(op) ?? 0) + count);
}
