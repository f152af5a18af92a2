import { hex } from '../model/addr.ts';
import type {
  FrameOfEvent,
  GoroutineOfEvent,
  KeyOfEvent,
  LabelsOfEvent,
  MapEvent,
  MapOfEvent,
} from '../model/map_event.ts';
import type { MapOp } from '../model/map_op.ts';
import type { ProbeSite } from '../model/probe_plan.ts';
import { FLAG_COUNT_UNREADABLE, FLAG_GOROUTINE_UNREADABLE, FLAG_MAP_ON_STACK } from '../model/record.ts';
import { SYNC_TYPE, syncMethodOf } from '../model/sync_method.ts';
import { factsOf, type HeaderLayout } from './facts.ts';
import type { KeyText } from './key_text.ts';
import type { SymbolCache } from './symbols.ts';
import { OUTCOME_CLEARED, OUTCOME_FOUND, OUTCOME_UNKNOWN, type TracedBatch } from './traced_batch.ts';
import { WallParts } from './wall_clock.ts';
import { wide } from './wide.ts';

/** What lifting rows needs. */
export interface LiftOptions {
  readonly sites: readonly Pick<ProbeSite, 'index' | 'function' | 'op'>[];
  /** Indexes of the sites that are methods of sync.Map. */
  readonly sync?: ReadonlySet<number>;
  readonly symbols: SymbolCache;
  /** Wall clock minus CLOCK_MONOTONIC, in nanoseconds. */
  readonly wallOffset: bigint;
  /** The row's key, under the policy in force; undefined for operations without a key. */
  readonly keyText?: (batch: TracedBatch, row: number) => KeyText | undefined;
  /** The labels of the row's goroutine, under the policy in force; undefined for one without. */
  readonly labels?: (batch: TracedBatch, row: number) => LabelsOfEvent | undefined;
  /** Name the process in each event. */
  readonly showPid?: boolean;
  /** Tell also of the map's header and of registers, where they were recorded. */
  readonly facts?: HeaderLayout;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
/** An event whose properties are set one by one, in the order in which they are shown. */
type Draft = Writable<Omit<MapEvent, 'thread'>> & { thread?: number };

/** Makes one row into an object for display: the only place where an event becomes one. */
export class EventLifter {
  readonly #options: LiftOptions;
  readonly #functions: string[] = [];
  readonly #ops: MapOp[] = [];
  readonly #time = new WallParts();

  constructor(options: LiftOptions) {
    this.#options = options;
    for (const site of options.sites) {
      this.#functions[site.index] = site.function;
      this.#ops[site.index] = site.op;
    }
  }

  /** Everything that is known of an entry row; what is not known is absent. */
  lift(batch: TracedBatch, row: number): MapEvent {
    const { symbols, keyText, labels, showPid } = this.#options;
    const pid = batch.pid[row] ?? 0;
    const probe = batch.probe[row] ?? 0;
    const caller = batch.caller[row] ?? 0;
    const isSync = this.isSync(probe);
    const called = caller === 0 ? undefined : symbols.site(pid, caller);
    const inlined = isSync ? called?.sync : undefined;
    const site = inlined ?? called;
    const name = this.#functions[probe] ?? `probe ${probe}`;
    this.#time.set(this.#options.wallOffset, batch.timeHigh[row] ?? 0, batch.timeLow[row] ?? 0);
    const event: Draft = {
      type: 'event',
      time: this.#time.text,
      ...(showPid === true ? { pid } : {}),
      op: this.#ops[probe] ?? 'access',
      function: isSync ? (inlined?.method ?? syncMethodOf(name) ?? name) : name,
      map: this.map(batch, row, pid),
    };
    const key = keyText?.(batch, row);
    if (key !== undefined) event.key = keyOf(key);
    addCounts(event, batch, row);
    const goroutine = this.goroutine(batch, row, pid);
    if (goroutine !== undefined) event.goroutine = goroutine;
    const labelled = labels?.(batch, row);
    if (labelled !== undefined) Object.assign(event, labelled);
    event.thread = batch.tid[row] ?? 0;
    if (site !== undefined) event.caller = site.caller;
    const stack = this.stack(batch, row, pid, site?.frames ?? []);
    if (stack !== undefined) event.stack = stack;
    const layout = this.#options.facts;
    const facts = layout === undefined ? undefined : factsOf(batch, row, layout);
    if (facts !== undefined) event.facts = facts;
    return event as MapEvent;
  }

  /** Whether a site is a method of sync.Map. */
  isSync(probe: number): boolean {
    return this.#options.sync?.has(probe) === true;
  }

  /** Which map the row is about. */
  map(batch: TracedBatch, row: number, pid: number): MapOfEvent {
    const id = batch.mapId[row] ?? 0;
    const address = batch.map[row] ?? 0;
    const type = this.isSync(batch.probe[row] ?? 0)
      ? SYNC_TYPE
      : this.#options.symbols.typeName(pid, batch.type[row] ?? 0);
    const onStack = ((batch.flags[row] ?? 0) & FLAG_MAP_ON_STACK) !== 0;
    const map: Writable<MapOfEvent> = {};
    if (id !== 0) map.id = id;
    if (address !== 0) map.address = hex(address);
    if (type !== undefined) map.type = type;
    if (onStack) map.on_stack = true;
    return map;
  }

  /** Who did it; undefined on a system stack, or when that could not be read. */
  goroutine(batch: TracedBatch, row: number, pid: number): GoroutineOfEvent | undefined {
    const id = batch.goid[row] ?? 0;
    if (id === 0 || ((batch.flags[row] ?? 0) & FLAG_GOROUTINE_UNREADABLE) !== 0) return undefined;
    const start = this.#options.symbols.startFunction(pid, batch.startPc[row] ?? 0);
    return start === undefined ? { id } : { id, start };
  }

  /** The caller's frames and those of the return addresses above it; undefined when none were captured. */
  stack(
    batch: TracedBatch,
    row: number,
    pid: number,
    caller: readonly FrameOfEvent[],
  ): FrameOfEvent[] | undefined {
    const above = framesAbove(batch, row);
    if (above === undefined) return undefined;
    const stack = [...caller];
    for (const address of above) stack.push(...this.#options.symbols.site(pid, address).frames);
    return stack;
  }
}

/** The return addresses above a row's caller, innermost first; undefined when none were captured. */
export function framesAbove(batch: TracedBatch, row: number): readonly number[] | undefined {
  const at = batch.framesAt[row] ?? -1;
  if (at < 0) return undefined;
  const addresses: number[] = [];
  for (let i = 0; i < (batch.frameCount[row] ?? 0); i++) {
    const address = wide(batch.payload, at + i * 8);
    // Of a growth the caller is the first frame already: what lies between is the runtime's.
    if (i > 0 || address !== batch.caller[row]) addresses.push(address);
  }
  return addresses;
}

/** CLOCK_MONOTONIC nanoseconds of a row. */
export function monotonicOf(batch: TracedBatch, row: number): bigint {
  return (BigInt(batch.timeHigh[row] ?? 0) << 32n) | BigInt(batch.timeLow[row] ?? 0);
}

/** A nil map has no entries; any other's count must have been read. */
export function countIsKnown(batch: TracedBatch, row: number): boolean {
  return batch.map[row] === 0 || ((batch.flags[row] ?? 0) & FLAG_COUNT_UNREADABLE) === 0;
}

function addCounts(event: Draft, batch: TracedBatch, row: number): void {
  const len = batch.map[row] === 0 ? 0 : (batch.count[row] ?? 0);
  if (countIsKnown(batch, row)) event.len = len;
  const outcome = batch.outcome[row] ?? OUTCOME_UNKNOWN;
  if (outcome === OUTCOME_UNKNOWN) return;
  if (outcome === OUTCOME_CLEARED) event.removed = len;
  else event.found = outcome === OUTCOME_FOUND;
}

/** A key as an event shows it. */
export function keyOf(key: KeyText): KeyOfEvent {
  if (key.unreadable) return { unreadable: true };
  const truncated = key.truncated;
  if (key.hash !== undefined) return { hash: key.hash, truncated };
  return key.text === undefined ? { truncated } : { text: key.text, truncated };
}
