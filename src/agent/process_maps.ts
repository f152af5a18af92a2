import type { Closable } from '../base/dispose.ts';
import { isMapauditError } from '../base/errors.ts';
import { type FoundMaps } from '../inspect/find/found_map.ts';
import type { Program } from '../inspect/place/program.ts';
import type { Addr } from '../model/addr.ts';
import type { ListedMap, MapsLine, MapsOptions, MapsReport, NotSeen } from '../protocol/maps.ts';
import { asFamilies } from '../query/maps/families.ts';
import { withAdvice } from '../query/maps/with_advice.ts';
import { arrange } from '../query/maps/arrange.ts';
import { headFacts } from '../query/maps/head_facts.ts';
import { joinObserved, type Lengths } from '../query/maps/join.ts';
import { LOOK_LIMITS, lookForMaps, type LookTools } from '../query/maps/look.ts';
import type { MapRow } from '../query/maps/map_row.ts';
import { type MeasuredRow, measuredRows } from '../query/maps/measured_rows.ts';
import {
  BAD_DEBUG_INFO,
  cutTexts,
  damaged,
  NO_DEBUG_INFO,
  notMeasured,
  notReadable,
} from '../query/maps/not_seen.ts';
import type { SeenMap } from '../query/maps/observed_maps.ts';
import { seenMaps } from '../query/maps/seen_maps.ts';
import { gathered } from '../query/maps/short_lived.ts';
import { versionName } from '../query/version_name.ts';
import { pause } from '../sys/pause.ts';
import type { MapsAdviser } from './maps_adviser.ts';
import type { MapsSource } from './maps_source.ts';

/** The clock may show so many times what was spent of a processor's time, which the machine may give to others. */
const LONGEST = 6;
/** Asking takes as long as looking at a value: so often is enough. */
const ASKED_EVERY = 1024;

/** Looks for the maps of one process or core dump, and says what it found. */
export class ProcessMaps implements Closable {
  readonly #source: MapsSource;
  readonly #options: MapsOptions;
  #program: Program;
  #notSeen: NotSeen[] = [];
  #before: FoundMaps | undefined;
  #lengths: Lengths = new Map();
  #lengthsAt = 0;
  #seen: readonly SeenMap[] = [];
  #observedMs: number | undefined;
  #adviser: MapsAdviser | undefined;
  #growth: ReadonlyMap<Addr, number> = new Map();

  constructor(source: MapsSource, options: MapsOptions) {
    this.#source = source;
    this.#options = options;
    this.#program = source.program;
  }

  get pid(): number | undefined {
    return this.#source.pid;
  }

  /** Its memory is gone, and what was in it. */
  get ended(): boolean {
    return this.#source.ended();
  }

  /** What is there before an observation: what is found later and not now, is younger. */
  lookBefore(): void {
    this.#before = this.#look();
  }

  /** Reads the lengths of the maps that are known, at the beginning of an observation. */
  lengthsBefore(): void {
    this.#lengthsAt = performance.now();
    this.#lengths = this.#lengthsNow();
  }

  /** Reads them again, at its end. */
  lengthsAfter(): void {
    const seconds = Math.max(performance.now() - this.#lengthsAt, 1) / 1000;
    this.#growth = new Map(
      [...this.#lengthsNow()].flatMap(([map, len]) => {
        const before = this.#lengths.get(map);
        return before === undefined ? [] : [[map, (len - before) / seconds] as const];
      }),
    );
  }

  /** Takes what was seen, at the end of an observation. */
  observed(seen: readonly SeenMap[], durationMs: number, adviser: MapsAdviser | undefined): void {
    this.#adviser = adviser;
    this.#seen = seen;
    this.#observedMs = durationMs;
  }

  /** All that is to be said: the maps, and then the report. */
  lines(): readonly MapsLine[] {
    const began = performance.now();
    const found = this.#look();
    this.#notSeen = [...this.#notSeen, ...cutTexts(found.cuts, LOOK_LIMITS, this.#options.patienceMs)];
    const seen = seenMaps(this.#program, this.#seen, [
      found,
      ...(this.#before === undefined ? [] : [this.#before]),
    ]);
    const {
      rows,
      unmeasured,
      unreadable,
      damaged: damagedMaps,
    } = measuredRows(this.#program, [...found.maps, ...seen], {
      ...patience(this.#options),
      held: this.#options.held,
    });
    if (unmeasured > 0) this.#notSeen.push(notMeasured(unmeasured, this.#options.patienceMs));
    if (unreadable > 0) this.#notSeen.push(notReadable(unreadable));
    const broken = [...(found.damaged ?? []), ...damagedMaps];
    if (broken.length > 0) this.#notSeen.push(damaged(broken));
    const maps = withAdvice(this.#joined(rows), this.#adviser?.advice([...found.maps, ...seen]));
    const wanted = arrange(maps, this.#options);
    const matching = this.#options.families ? arrange(asFamilies(wanted), this.#options) : wanted;
    const { pid } = this;
    const of = { type: 'found_map' as const, ...(pid === undefined ? {} : { pid }) };
    const listed = matching
      .slice(0, this.#options.limit)
      .map((row, i): ListedMap => ({ ...of, id: i + 1, ...row }));
    return [
      ...listed,
      this.#report({ found, all: maps, wanted, matching, listed, tookMs: performance.now() - began }),
    ];
  }

  close(): void {
    this.#source.close();
  }

  #joined(rows: readonly MeasuredRow[]): MapRow[] {
    const before = this.#before?.cuts.length === 0 ? this.#before : undefined;
    const joined = joinObserved(rows, { seen: this.#seen, growth: this.#growth, before });
    return gathered(joined, this.#seen);
  }

  /** Debug information that is broken is done without. */
  #look(): FoundMaps {
    if (this.#program.debug === undefined) this.#notSeen = [NO_DEBUG_INFO];
    try {
      return lookForMaps(this.#program, patience(this.#options));
    } catch (error) {
      if (!isMapauditError(error) || !error.code.startsWith('dwarf-')) throw error;
      this.#program = { ...this.#program, debug: undefined };
      this.#notSeen = [BAD_DEBUG_INFO(error.message)];
      return lookForMaps(this.#program, patience(this.#options));
    }
  }

  #lengthsNow(): Lengths {
    return new Map(
      (this.#before?.maps ?? []).flatMap((map) => {
        const head = headFacts(this.#program, map);
        return head === undefined ? [] : [[map.header, head.header.count] as const];
      }),
    );
  }

  #report({ found, all, wanted, matching, listed, tookMs }: Answer): MapsReport {
    const counted = withoutParts(wanted);
    const sum = (of: (map: MapRow) => number | undefined): number =>
      counted.reduce((total, map) => total + (of(map) ?? 0), 0);
    return {
      type: 'maps',
      ...this.#source.told(),
      go_version: versionName(this.#program.binary.version),
      time: new Date().toISOString(),
      sort: this.#options.sort,
      found: countOf(all),
      matching: countOf(matching),
      rows: matching.length,
      listed: listed.length,
      entries: sum(({ len }) => len),
      bytes: sum(({ bytes }) => bytes),
      waste: sum(({ waste }) => waste),
      visited: found.visited,
      took_ms: Math.round(tookMs),
      ...(this.#observedMs === undefined ? {} : { observed_ms: Math.round(this.#observedMs) }),
      not_seen: this.#notSeen,
    };
  }
}

interface Answer {
  readonly found: FoundMaps;
  readonly all: readonly MapRow[];
  /** Those that fit, each for itself. */
  readonly wanted: readonly MapRow[];
  readonly matching: readonly MapRow[];
  readonly listed: readonly ListedMap[];
  readonly tookMs: number;
}

/** The maps of a sync.Map are counted with it, where it is there. */
function withoutParts(rows: readonly MapRow[]): readonly MapRow[] {
  const all = new Set(rows.map(({ address }) => address));
  return rows.filter(({ part_of: part }) => part?.sync_map === undefined || !all.has(part.sync_map));
}

const countOf = (rows: readonly MapRow[]): number => rows.reduce((sum, { maps }) => sum + (maps ?? 1), 0);

/** On a busy machine time passes without anything being done: what counts is the processor's. */
function patience({ patienceMs }: MapsOptions): LookTools {
  const began = process.cpuUsage();
  const end = performance.now() + patienceMs * LONGEST;
  let [asked, over] = [0, false];
  const stop = (): boolean => {
    if (over || asked++ % ASKED_EVERY !== 0) return over;
    const { user, system } = process.cpuUsage(began);
    over = user + system > patienceMs * 1000 || performance.now() > end;
    return over;
  };
  return { pause, stop };
}
