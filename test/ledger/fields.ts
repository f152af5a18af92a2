import type { TraceEvent } from '../../src/protocol/event.ts';
import type { LedgerRow } from './rows.ts';

/** Says that a field is not as the ledger has it. */
export type Differ = (field: string, wanted: unknown, got: unknown) => void;

/** What a comparison of one field may leave open, counted. */
export interface Open {
  /** A delete or assign without `found`, a clear without `removed`: right, but less than could be. */
  unknownFound: number;
  /** Events without `len`: the map's header was not in memory. */
  unknownLen: number;
  /** Keys in interfaces of which a part is missing, since their type was not known yet. */
  unplannedKeys: number;
  /** Maps that were taken for the one before at their address, where nothing could tell them apart. */
  unsureIds: number;
  /** Keys that are cut on purpose: too long to be captured whole. */
  cutKeys: number;
}

/** What the operation did: the effect of a write, and the count before it. */
export function compareEffect(row: LedgerRow, event: TraceEvent, differ: Differ, open: Open): void {
  if (event.len === undefined) open.unknownLen++;
  else if (event.len !== row.len) differ('len', row.len, event.len);
  const known = row.op === 'clear' ? event.removed : event.found;
  const wanted = row.op === 'clear' ? row.len : (row.found ?? undefined);
  const tells = row.op === 'delete' || row.op === 'assign' || row.op === 'clear';
  if (tells && known === undefined) open.unknownFound++;
  else if (known !== (tells ? wanted : undefined)) differ('found', wanted, known);
}

/** A key in an interface, up to its value: `main.user{`. */
const DYNAMIC = /^[^{("]*[{(]?/;
const INTERFACES = /^map\[(interface \{\}|main\.speaker)\]/;

/**
 * Keys are there in full, or they are too long and at least so much of them is there as mapaudit says it
 * captures. Which of the two, the program knows.
 *
 * Of a value in an interface nothing inside is fetched until its type was seen once: so each goroutine may show
 * such keys in part, but not after one of that type in full.
 */
export class Keys {
  readonly #planned = new Set<string>();

  compare(row: LedgerRow, event: TraceEvent, differ: Differ, open: Open): void {
    const { key } = event;
    if (row.op === 'clear' || row.op === 'iterate' || row.op === 'grow') {
      if (key !== undefined) differ('key', undefined, key);
      return;
    }
    const { text = '', truncated } = key ?? {};
    const right = row.shown === undefined ? text === row.key : fits(row.key, text);
    const enough = row.shown === undefined || Buffer.byteLength(text) >= row.shown;
    if (row.shown !== undefined) open.cutKeys++;
    const inside = INTERFACES.test(row.type);
    const dynamic = `${row.goid} ${DYNAMIC.exec(row.key)?.[0] ?? ''}`;
    if (right && enough && truncated === (row.shown !== undefined)) {
      if (inside) this.#planned.add(dynamic);
    } else if (!inside || this.#planned.has(dynamic)) differ('key', row.key, key);
    else if (!fits(row.key, text)) differ('key', row.key, key);
    else open.unplannedKeys++;
  }
}

/** Whether a text with `…` for what is missing can be a part of the whole. */
function fits(whole: string, shown: string): boolean {
  if (!shown.includes('…') && shown !== '') return false;
  let at = 0;
  for (const piece of shown.split('…')) {
    const text = piece.replace(/"$/, '');
    const found = whole.indexOf(text, at);
    if (found < 0 || (at === 0 && found > 0)) return false;
    at = found + text.length;
  }
  return true;
}

/** The function that did it, and where in it. `inlines`: the compiler inlines, as it does by default. */
export function compareCaller(row: LedgerRow, event: TraceEvent, inlines: boolean, differ: Differ): void {
  const { function: name = '', file = '', line, inlined } = event.caller ?? {};
  // A package: which of its functions it is depends on the release.
  if (row.caller.endsWith('.')) {
    if (!name.startsWith(row.caller)) differ('caller', row.caller, name);
    return;
  }
  if (withoutTypes(row.caller) !== withoutTypes(name)) differ('caller', row.caller, name);
  if (line !== row.line) differ('line', row.line, line);
  if (file.replace(/.*\//, '') !== row.file) differ('file', row.file, file);
  const wanted = inlines && row.caller.endsWith(').drop');
  if (inlined !== wanted) differ('inlined', wanted, inlined);
}

/** Frames that are traced: `--stack=12`. */
export const FRAMES = 12;

/** The stack, from the caller on: functions, and lines of those that the program does not stand in itself. */
export function compareStack(row: LedgerRow, event: TraceEvent, differ: Differ): void {
  if (row.stack.length === 0) return;
  const whole = (event.stack ?? []).filter((f) => f.function !== 'runtime.goexit');
  // Functions of packages, and those that were inlined, do not stand in the ledger.
  const inside = row.caller.endsWith('.') || row.caller.endsWith(').drop');
  const from = inside
    ? whole.findIndex((f) => f.function.startsWith('main.') && f.function !== row.caller)
    : 0;
  const got = whole.slice(Math.max(0, from)).map((f) => `${withoutTypes(f.function)}:${f.line}`);
  const wanted = row.stack.map(withoutTypes);
  // The first stands on another line when it writes to the ledger.
  const isSame = (frame: string, i: number): boolean =>
    i === 0 ? frame.replace(/:.*/, '') === wanted[0]?.replace(/:.*/, '') : frame === wanted[i];
  const enough = got.length >= Math.min(wanted.length, FRAMES - from);
  if (!enough || !got.slice(0, wanted.length).every(isSame)) differ('stack', wanted, got);
}

/** `main.put[go.shape.int32]` and `main.put[...]` are the same function here. */
const withoutTypes = (name: string): string => name.replace(/\[.*\]/, '[...]');

/** Functions of the runtime, or reflect's copies of them, that do an operation which has several. */
const FUNCTIONS: Readonly<Record<string, RegExp>> = {
  delete: /^(runtime|reflect)\.mapdelete/,
  assign: /^runtime\.mapassign/,
  clear: /^(runtime|reflect)\.mapclear$/,
  iterate: /^(runtime\.mapiterinit|(runtime|reflect)\.mapIterStart)$/,
};

/** Which function of the runtime was hit. */
export function compareFunction(row: LedgerRow, event: TraceEvent, differ: Differ): void {
  const right =
    row.function === '-' ? FUNCTIONS[row.op]?.test(event.function) : row.function === event.function;
  if (right !== true) differ('function', row.function, event.function);
}

/**
 * One number stands for one map, from its making to its end, and for no other.
 *
 * Maps at one address are told apart by their seeds, and a map gets another seed when it becomes empty. Where the
 * last thing that is known of a map is a write of which nobody knows what it did, its seed is not known either, and
 * the next map may be taken for it. So it may be for as long as a write there whose end was not seen counts as under way.
 */
export class Identities {
  readonly #numberOf = new Map<number, number>();
  readonly #idOf = new Map<number, number>();
  /** Ids of maps of which the seed is not known. */
  readonly #unsure = new Set<number>();
  /** Where a write without an outcome was: it counts as under way, maybe on the next map that lies there. */
  readonly #unsureAt = new Set<string>();

  compare(row: LedgerRow, event: TraceEvent, differ: Differ, open: Open): void {
    const { id, address, on_stack } = event.map;
    const onStack = row.map === '-';
    if ((on_stack === true) !== onStack) differ('on_stack', onStack, on_stack);
    // A map on the goroutine's stack moves with the stack: the ledger has none of its addresses.
    if (!onStack && (address ?? '0x0') !== row.map) differ('address', row.map, address);
    if (row.number === 0) {
      if (id !== undefined) differ('id', undefined, id);
    } else if (id === undefined) differ('id', 'a number', undefined);
    else {
      this.#compareNumber(row, id, onStack, differ, open);
      if (leavesSeedOpen(row, event)) this.#unsure.add(id);
      else this.#unsure.delete(id);
      if (hasNoOutcome(row, event)) this.#unsureAt.add(row.map);
    }
  }

  #compareNumber({ number, map }: LedgerRow, id: number, onStack: boolean, differ: Differ, open: Open): void {
    const known = this.#numberOf.get(id);
    if (known === undefined) this.#numberOf.set(id, number);
    else if (known !== number && (this.#unsure.has(id) || (!onStack && this.#unsureAt.has(map)))) {
      open.unsureIds++;
      this.#numberOf.set(id, number);
    } else if (known !== number) differ('id of another map', known, number);
    if (onStack) return;
    const before = this.#idOf.get(number);
    if (before === undefined) this.#idOf.set(number, id);
    else if (before !== id) differ('second id of a map', before, id);
  }
}

const hasNoOutcome = ({ op }: LedgerRow, { found, removed }: TraceEvent): boolean =>
  (op === 'clear' ? removed : found) === undefined && op !== 'grow' && op !== 'access' && op !== 'iterate';

/** What it did is not known, or it cleared an empty map: some releases then make a new seed, and some do not. */
function leavesSeedOpen({ op, len }: LedgerRow, { found, removed }: TraceEvent): boolean {
  if (op === 'clear') return removed === undefined || len === 0;
  return op === 'delete' && found === undefined;
}

/** How far the clocks may be apart, in microseconds: mapaudit reads the offset between two clocks once. */
const CLOCK_SLACK = 200_000;

/** Whether an operation was between the one before it on its goroutine and the moment when it was written down. */
export function compareTime(row: LedgerRow, event: TraceEvent, after: number, differ: Differ): void {
  const time = microseconds(event.time);
  // An iteration is written down before it begins, for what is done in it comes after it.
  const late = row.op !== 'iterate' && time > row.time + CLOCK_SLACK;
  if (Number.isNaN(time) || late || time < after - CLOCK_SLACK) differ('time', row.time, event.time);
}

/** Of an RFC 3339 text with nanoseconds in UTC. */
function microseconds(text: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/.test(text)) return NaN;
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, 26));
}
