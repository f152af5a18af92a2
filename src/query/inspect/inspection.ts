import { isMapauditError, MapauditError } from '../../base/errors.ts';
import { entryVisitor, type MapEntry } from '../../inspect/entries.ts';
import type { MapHeader } from '../../inspect/map_header.ts';
import { type MapPlace, scanContext, type SeenUnit, type SlotVisitor } from '../../inspect/scan.ts';
import { type MapScan, type MapScanSoFar, sameState, scanSteps } from '../../inspect/scan_map.ts';
import { unitShape } from '../../inspect/slots.ts';
import type { Program } from '../../inspect/place/program.ts';
import { hex } from '../../model/addr.ts';
import type { MapFlavour } from '../../model/go_version.ts';
import type { InspectLine, InspectOptions, Inspected } from '../../protocol/inspect.ts';
import { keyPath } from '../../inspect/path/path_of_key.ts';
import { HeatMap } from './heat.ts';
import { keyPathLine } from './key_path_line.ts';
import { mapLine } from './map_line.ts';
import { hashOf, measured } from './measured.ts';
import type { Patience } from './patience.ts';
import type { Subject } from './subject.ts';
import { entryLine, slotsLine } from './values.ts';

type Batch = readonly InspectLine[];
type View = Pick<InspectOptions, 'view' | 'limit' | 'limits' | 'key' | 'held' | 'spread'>;

/** Answers of so few lines are put together before they are shown, so that they can be read again when the map changed. */
const MOST_KEPT = 4096;
/** How often, and how long, a small answer is read again for one that is consistent; one with gaps, as long as there is patience. */
const MOST_ATTEMPTS = 8;
const ATTEMPTS_MS = 300;

/** How an inspection went: what stands in its summary. */
export interface InspectionEnd {
  readonly inspected: Inspected;
  /** Lines that were left out because of the limit. */
  readonly limited: boolean;
}

/** How what is shown was read. */
interface Shown {
  /** Lines of entries, or of buckets and groups. */
  lines: number;
  entries: number;
  unreadable: number;
  limited: boolean;
  unstable: number;
  restarts: number;
}

const NOTHING: Shown = { lines: 0, entries: 0, unreadable: 0, limited: false, unstable: 0, restarts: 0 };

/**
 * Reads a map and gives lines: the map, then what the view wants of it. Between batches (which may be empty)
 * others can have their turn; whoever has enough breaks off. "Consistent" is said of what was read twice with
 * the same outcome, all of it: before an answer and after it.
 */
export class Inspection {
  readonly #program: Program;
  readonly #subject: Subject;
  readonly #view: View;
  readonly #patience: Patience;
  readonly #place: MapPlace;
  /** The header as it was seen first. */
  #first: MapHeader | undefined;
  #last: MapScanSoFar | undefined;
  #shown: Shown = { ...NOTHING };
  #consistent = false;
  #headShown = false;
  /** All was gone through, and nothing broke it off. */
  #isAll = false;
  #pathConsistent: boolean | undefined;

  constructor(program: Program, subject: Subject, view: View, patience: Patience) {
    this.#program = program;
    this.#subject = subject;
    this.#view = view;
    this.#patience = patience;
    this.#place = {
      memory: program.memory,
      type: subject.type,
      address: subject.address,
      pause: () => patience.pause(),
      whole: true,
    };
  }

  /** Errors: `map-replaced`; those of `scanSteps`, of a map that is there. */
  *lines(): Generator<Batch, void> {
    try {
      yield* this.#allLines();
      this.#isAll = true;
    } catch (error) {
      // What is not where it was is not damaged, and no wonder.
      if (isMapauditError(error, 'damaged-map') || isMapauditError(error, 'not-a-map'))
        this.#mustBeThere('led to');
      throw error;
    }
  }

  *#allLines(): Generator<Batch, void> {
    const first = yield* this.#measure();
    const few = Math.min(first.header.count, this.#view.limit ?? Infinity) <= MOST_KEPT;
    if (this.#view.view === 'heat' || this.#view.view === 'key' || few) yield* this.#atOnce(first);
    else yield* this.#streamed(first);
  }

  /** What is known of the map when the inspection was broken off before its first line. */
  head(): Batch {
    if (this.#headShown || this.#last === undefined) return [];
    this.#consistent = false;
    return [this.#head(this.#last)];
  }

  end(): InspectionEnd {
    const { lines: _, limited, ...shown } = this.#shown;
    const count = this.#last?.header.count;
    // Of a whole reading nothing is left, whatever the count was meanwhile; what was not stable may be any number.
    const rest = count === undefined ? undefined : Math.max(0, count - shown.entries);
    const brokenOff = !this.#isAll || limited || this.#patience.usedUp;
    const left = brokenOff ? rest : shown.unstable > 0 ? undefined : 0;
    return {
      limited,
      inspected: {
        ...shown,
        ...(left === undefined || this.#view.view === 'key' ? {} : { left }),
        consistent: this.#pathConsistent ?? this.#consistent,
        ...(this.#program.memory.frozen === true ? { core: true as const } : {}),
        ...(this.#patience.usedUp ? { timed_out: true as const } : {}),
      },
    };
  }

  /** Measures, reads, measures again, until both measurements are the same, or that takes too long. */
  *#atOnce(first: MapScan): Generator<Batch, void> {
    const until = performance.now() + ATTEMPTS_MS;
    let before = first;
    for (let attempt = 1; ; attempt++) {
      const began = performance.now();
      const kept: InspectLine[] = [];
      for (const batch of this.#content(before)) {
        kept.push(...batch);
        yield [];
      }
      const after = yield* this.#measure();
      this.#consistent = sameState(before, after);
      before = after;
      const enough = attempt >= MOST_ATTEMPTS || performance.now() > until;
      if (!this.#consistent && (!enough || this.#mayTellMore(performance.now() - began))) continue;
      this.#mustBeThere();
      yield [this.#head(after), ...kept];
      return;
    }
  }

  /** Whether something was missing, and there is time to look again. An attempt costs at least its own time. */
  #mayTellMore(tookMs: number): boolean {
    if (this.#shown.unstable === 0 || this.#patience.usedUp) return false;
    this.#patience.spend(tookMs);
    return true;
  }

  /** Shows entries as they are read: there are too many to keep. */
  *#streamed(first: MapScan): Generator<Batch, void> {
    const second = yield* this.#measure();
    this.#consistent = sameState(first, second);
    yield [this.#head(second)];
    // Broken off, the answer is no state that the map is known to have had.
    this.#consistent = false;
    const read = yield* this.#content(second);
    const third = read ?? (yield* this.#measure());
    this.#mustBeThere();
    this.#consistent = sameState(second, third);
  }

  /**
   * Another map at the same address has another seed and other memory. A clear changes the seed alone, a growth the
   * memory.
   */
  #isSameMap(): boolean {
    const first = this.#first;
    const now = scanContext(this.#place, undefined).header();
    if (first === undefined) return true;
    if (now === undefined) return false;
    if (first.kind === 'swiss')
      return now.kind === 'swiss' && (first.seed === now.seed || first.dirPtr === now.dirPtr);
    if (now.kind === 'swiss') return false;
    return first.hash0 === now.hash0 || first.buckets === now.buckets;
  }

  /** Error: `map-replaced`. */
  #mustBeThere(how: 'led to' | 'alive' = 'alive'): void {
    const { name, address, isThere } = this.#subject;
    if (this.#program.memory.frozen === true || (this.#isSameMap() && isThere(how))) return;
    throw new MapauditError(
      'map-replaced',
      `${name ?? hex(address)} is another map, or none, since it was read`,
      {
        fields: { address: hex(address) },
        hint: 'What was read may be memory that is used for something else by now. Ask again; a --limit makes it quicker.',
      },
    );
  }

  #head({ header, totals }: MapScanSoFar): InspectLine {
    this.#headShown = true;
    const flavour: MapFlavour = this.#program.binary.flavour;
    const measure = measured(this.#program, this.#place, this.#view, header.count);
    const line = mapLine(
      this.#program.types,
      flavour,
      this.#subject,
      header,
      totals,
      this.#consistent,
      measure,
    );
    return this.#program.memory.frozen === true ? { ...line, core: true } : line;
  }

  *#measure(): Generator<Batch, MapScan> {
    const steps = scanSteps(this.#place);
    for (;;) {
      const step = steps.next();
      this.#last = step.value;
      this.#first ??= step.value.header;
      if (step.done === true) return step.value;
      yield [];
    }
  }

  /** What the view wants. Gives the scan unless the limit ended it. */
  *#content(before: MapScan): Generator<Batch, MapScan | undefined> {
    this.#shown = { ...NOTHING };
    switch (this.#view.view) {
      case 'entries':
        return yield* this.#entries();
      case 'slots':
        return yield* this.#slots();
      case 'heat':
        return yield* this.#heat(before);
      case 'key':
        yield [this.#path()];
        return undefined;
    }
  }

  *#entries(): Generator<Batch, MapScan | undefined> {
    const pending: MapEntry[] = [];
    const visitor = this.#visitor((entry) => pending.push(entry));
    return yield* this.#scan(visitor, () =>
      this.#cut(pending.splice(0)).map((entry) => {
        this.#count(entry);
        return entryLine(entry);
      }),
    );
  }

  *#slots(): Generator<Batch, MapScan | undefined> {
    const pending: SeenUnit<MapEntry>[] = [];
    const { kind } = unitShape(this.#subject.type);
    const visitor = {
      ...this.#visitor(() => undefined),
      unit: (unit: SeenUnit<MapEntry>) => pending.push(unit),
    };
    return yield* this.#scan(visitor, () =>
      this.#cut(pending.splice(0)).map((unit) => {
        for (const entry of unit.entries) this.#count(entry);
        return slotsLine(kind, unit);
      }),
    );
  }

  /** The way to one key, which is consistent or not by itself. */
  #path(): InspectLine {
    const { types } = this.#program;
    const { key = '', limits } = this.#view;
    const path = keyPath(this.#place, key, { types, hash: hashOf(this.#program), limits });
    if (path.found !== undefined) this.#count(path.found);
    this.#pathConsistent = path.consistent;
    return keyPathLine(path);
  }

  *#heat(measured: MapScan): Generator<Batch, MapScan | undefined> {
    const heat = new HeatMap(measured.header, measured.totals);
    const scan = yield* this.#scan<undefined>(
      { read: () => undefined, deliver: () => undefined, unit: (unit) => heat.add(unit) },
      () => [],
    );
    this.#shown.entries = this.#last?.totals.entries ?? 0;
    yield heat.lines();
    return scan;
  }

  #visitor(deliver: (entry: MapEntry) => void): SlotVisitor<MapEntry> {
    const { memory, types } = this.#program;
    const { limits } = this.#view;
    const { pause } = this.#place;
    return entryVisitor(this.#subject.type, { memory, types, limits, pause }, deliver);
  }

  /** Goes through the map; `take` gives what each step brought. Undefined: the limit was met. */
  *#scan<T>(visitor: SlotVisitor<T>, take: () => Batch): Generator<Batch, MapScan | undefined> {
    const steps = scanSteps(this.#place, visitor);
    for (;;) {
      const step = steps.next();
      this.#last = step.value;
      this.#shown.unstable = step.value.totals.unstable;
      this.#shown.restarts = step.value.totals.restarts;
      yield take();
      if (step.done === true) return step.value;
      if (this.#shown.limited) return undefined;
    }
  }

  #cut<T>(items: T[]): T[] {
    const room = (this.#view.limit ?? Infinity) - this.#shown.lines;
    if (items.length > room) this.#shown.limited = true;
    const kept = items.length > room ? items.slice(0, Math.max(0, room)) : items;
    this.#shown.lines += kept.length;
    return kept;
  }

  #count({ key, value }: MapEntry): void {
    this.#shown.entries++;
    if (key.unreadable || value.unreadable) this.#shown.unreadable++;
  }
}
