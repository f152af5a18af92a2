import { MapauditError } from '../base/errors.ts';
import { addr, hex } from '../model/addr.ts';
import { pid as toPid } from '../model/ids.ts';
import { fixedPlaces, type Place } from '../probe/watch/place.ts';
import type { ReadValue } from '../probe/watch/value_log.ts';
import type { WatchHit } from '../probe/watch/watch_hit.ts';
import { WatchProbe } from '../probe/watch/watch_probe.ts';
import type { EndReason, Summary } from '../protocol/summary.ts';
import { NO_LOSS } from '../protocol/loss.ts';
import type { Hit, WatchedPlace, WatchLine, WatchOptions, WatchValue } from '../protocol/watch.ts';
import { versionName } from '../query/version_name.ts';
import { SymbolCache } from '../stream/symbols.ts';
import { rfc3339 } from '../stream/wall_clock.ts';
import { wallOffsetNs } from '../sys/clock.ts';
import { RunClock } from './run_clock.ts';
import { Target } from './target.ts';
import { type KeyHit, type WatchedKey, watchedKey } from './watched_key.ts';
import { WatchedStrings } from './watched_strings.ts';
import { callerBehind, hitFrames } from './watch_frames.ts';

/** Deep enough to find the program behind Go's own frames, where no stack is asked for. */
const FEWEST_FRAMES = 16;

/** How often hits are taken and new threads looked for. */
const LOOK_MS = 10;

/** A running `watch`: watchpoints are set until the iteration ends, whichever way. */
export async function* watchLines(
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly WatchLine[], void> {
  const began = performance.now();
  const run = new WatchRun(options);
  try {
    yield run.attached(performance.now() - began);
    const clock = new RunClock(options.durationMs, signal);
    let end: EndReason | undefined;
    while (end === undefined) {
      await clock.pause(LOOK_MS);
      const lines = run.step();
      if (lines.length > 0) yield lines;
      end = run.ended ?? clock.ended;
    }
    yield run.finish(end, () => clock.elapsedMs);
  } finally {
    run.close();
  }
}

class WatchRun {
  readonly #options: WatchOptions;
  readonly #target: Target;
  readonly #probe: WatchProbe;
  readonly #symbols: SymbolCache;
  readonly #wallOffset = wallOffsetNs();
  #hits = 0;
  #lostSaid = 0;
  #refusalSaid = false;

  readonly #key: WatchedKey | undefined;
  readonly #strings: WatchedStrings;

  constructor(options: WatchOptions) {
    this.#options = options;
    const target = Target.open(toPid(options.pid));
    this.#target = target;
    this.#strings = new WatchedStrings(target.memory);
    this.#symbols = new SymbolCache((pid) => (pid === target.pid ? target : undefined));
    const { what } = options;
    try {
      this.#key = what.type === 'key' ? watchedKey(target, what) : undefined;
      this.#probe = new WatchProbe({
        pid: target.pid,
        memory: target.memory,
        source:
          this.#key ?? fixedPlaces(what.type === 'places' ? placesIn(target, what.places.map(placeOf)) : []),
        access: options.access === 'rw' ? 'read-write' : 'write',
        frames: Math.max(options.frames, FEWEST_FRAMES),
        goidOffset: target.binary.offsets.gGoid,
      });
    } catch (error) {
      const hasEnded = target.ended('wait') === 'target-exited';
      target.close();
      if (hasEnded)
        throw new MapauditError('target-exited', 'the program has ended meanwhile', { cause: error });
      throw error;
    }
  }

  get ended(): EndReason | undefined {
    return this.#wanted <= 0 ? 'count' : this.#target.ended();
  }

  attached(tookMs: number): readonly WatchLine[] {
    const { facts, binary, pid } = this.#target;
    const attached: WatchLine = {
      type: 'attached',
      pid,
      name: facts.name,
      go_version: versionName(binary.version),
      flavour: binary.flavour,
      probes: this.#probe.size,
      attach_ms: Math.round(tookMs),
      ...(this.#key === undefined ? {} : { watching: this.#key.watching }),
    };
    const refusal = this.#probe.witnessRefusal;
    if (refusal === undefined) return [attached, ...(this.#key?.takeNews() ?? [])];
    const message = `goroutines are not shown, and values less often: ${refusal.message}`;
    const hint = refusal.hint === undefined ? {} : { hint: refusal.hint };
    const noWitness: WatchLine = { type: 'notice', level: 'warning', code: 'no-witness', message, ...hint };
    return [attached, noWitness, ...(this.#key?.takeNews() ?? [])];
  }

  step(): readonly WatchLine[] {
    const hits = this.#probe.drain();
    // A map may move its slots at any time: what was hit before the move is told first, and the move after it.
    const lines = this.#lines(this.#key === undefined ? hits : [...hits, ...this.#probe.resolveAgain()]);
    this.#notices(lines);
    return lines;
  }

  finish(ended: EndReason, elapsedMs: () => number): readonly WatchLine[] {
    const lines = this.#lines(this.#probe.finish());
    return [...lines, this.#summary(ended, elapsedMs())];
  }

  close(): void {
    this.#probe.close();
    this.#target.close();
  }

  get #wanted(): number {
    return (this.#options.count ?? Infinity) - this.#hits;
  }

  #lines(hits: readonly WatchHit[]): WatchLine[] {
    const key = this.#key;
    const meant = key === undefined ? hits.map((hit) => ({ hit, meaning: undefined })) : meantHits(key, hits);
    const shown = meant.slice(0, Math.max(0, Math.min(this.#wanted, meant.length)));
    this.#hits += shown.length;
    const strings = this.#strings.of(shown);
    return shown.map((one, i) => ({ ...this.#line(one), ...stringOf(strings[i]) }));
  }

  #line({ hit, meaning }: KeyHit): Hit {
    const { place, time, before, after, goid } = hit;
    const of = meaning?.kind === 'part' ? { part: meaning.part, offset: meaning.offset } : {};
    const text = meaning?.kind === 'part' ? meaning.text : undefined;
    const frames = hitFrames(hit, this.#target, this.#symbols);
    const caller = callerBehind(frames);
    const { address, length, label } = place;
    return {
      type: 'hit',
      time: rfc3339(time + this.#wallOffset),
      place: { address: hex(address), length, ...(label === undefined ? {} : { label }), ...of },
      thread: hit.tid,
      ...(goid === undefined ? {} : { goroutine: { id: goid } }),
      ...(hit.kernel ? { kernel: true } : {}),
      writer: frames[0] ?? { function: hex(hit.pc), inlined: false },
      ...(caller === undefined ? {} : { caller }),
      ...(this.#options.frames > 0 ? { stack: frames.slice(0, this.#options.frames) } : {}),
      ...(before === undefined ? {} : { before: valueOf(before, time - before.ended, text) }),
      ...(after === undefined
        ? {}
        : { after: valueOf(after, after.begun > time ? after.begun - time : 0n, text) }),
    };
  }

  #notices(to: WatchLine[]): void {
    to.push(...(this.#key?.takeNews() ?? []));
    const { lost } = this.#probe.totals;
    if (lost > this.#lostSaid) {
      const message = `${(lost - this.#lostSaid).toLocaleString('en-US')} hits lost: they come faster than they can be told`;
      const hint = 'Watch a place that is touched less often, or fewer bytes.';
      to.push({ type: 'notice', level: 'warning', code: 'events-lost', message, hint });
      this.#lostSaid = lost;
    }
    const { refusal } = this.#probe;
    if (refusal !== undefined && !this.#refusalSaid) {
      const hint = refusal.hint === undefined ? {} : { hint: refusal.hint };
      const message = `new threads are not watched: ${refusal.message}`;
      to.push({ type: 'notice', level: 'warning', code: 'threads-unwatched', message, ...hint });
    }
    this.#refusalSaid = refusal !== undefined;
  }

  #summary(ended: EndReason, elapsedMs: number): Summary {
    const { lost, threads, lateThreads, longestGapMs } = this.#probe.totals;
    const { moves = 0, ...followed } = this.#key?.totals ?? {};
    return {
      type: 'summary',
      ended,
      duration_ms: Math.round(elapsedMs),
      events: this.#hits,
      lost,
      sampled: 0,
      loss: { ...NO_LOSS, ring_full: lost },
      by_op: {},
      watched: { threads, late_threads: lateThreads, longest_gap_ms: longestGapMs, moves, ...followed },
    };
  }
}

const meantHits = (key: WatchedKey, hits: readonly WatchHit[]): KeyHit[] =>
  hits.map((hit) => key.meant(hit)).filter((one) => one !== undefined);

function valueOf({ bytes }: ReadValue, distance: bigint, textOf: TextOf | undefined): WatchValue {
  const digits = Buffer.from(bytes).reverse().toString('hex');
  const text = textOf?.(bytes);
  return {
    word: `0x${BigInt(`0x${digits}`).toString(16)}`,
    ...(text === undefined ? {} : { text }),
    read_ns: Number(distance),
  };
}

const stringOf = (string: Hit['string']): Pick<Hit, 'string'> => (string === undefined ? {} : { string });

type TextOf = (bytes: Uint8Array) => string | undefined;

/** Errors: `unreadable-memory` for a place where the program has nothing. */
function placesIn({ memory }: Target, places: readonly Place[]): readonly Place[] {
  for (const { address } of places)
    if (memory.read(address, 1) === undefined)
      throw new MapauditError('unreadable-memory', `the program has no memory at ${hex(address)}`, {
        hint: 'Take an address that mapaudit inspect or trace has shown of this process.',
      });
  return places;
}

const placeOf = (place: WatchedPlace): Place => ({ ...place, address: addr(place.address) });
