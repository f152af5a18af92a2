import { UNBOUNDED } from './traced_batch.ts';
import { NumberTable } from './number_table.ts';

/** Stands for "no operation" in all links. */
export const NONE = -1;

/**
 * Write operations that may still be under way, in flat memory; an operation is the index of its slot.
 * Found by goroutine (which has at most one) and by map (a list), in one process each; kept in the order
 * in which they began, so that the oldest can be given up first.
 */
export class OpenOps {
  readonly #capacity: number;
  readonly goid: Float64Array;
  readonly map: Float64Array;
  readonly before: Float64Array;
  readonly began: Float64Array;
  /** Number of the row that waits for this operation's outcome, or NONE. */
  readonly row: Float64Array;
  readonly write: Uint8Array;
  readonly up: Uint8Array;
  readonly down: Uint8Array;
  /** Next on the same map. */
  readonly next: Int32Array;
  readonly #previous: Int32Array;
  readonly #younger: Int32Array;
  readonly #older: Int32Array;
  /** Numbers of goroutine and map in `#tables`. */
  readonly #goroutine: Int32Array;
  readonly #mapNumber: Int32Array;
  readonly #tables: (OpTables | undefined)[];
  #free: number;
  #youngest = NONE;
  oldest = NONE;
  size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.goid = new Float64Array(capacity);
    this.map = new Float64Array(capacity);
    this.before = new Float64Array(capacity);
    this.began = new Float64Array(capacity);
    this.row = new Float64Array(capacity);
    this.write = new Uint8Array(capacity);
    this.up = new Uint8Array(capacity);
    this.down = new Uint8Array(capacity);
    this.next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#younger = new Int32Array(capacity);
    this.#older = new Int32Array(capacity);
    this.#goroutine = new Int32Array(capacity);
    this.#mapNumber = new Int32Array(capacity);
    this.#tables = new Array<OpTables | undefined>(capacity);
    for (let i = 0; i < capacity; i++) this.next[i] = i + 1 < capacity ? i + 1 : NONE;
    this.#free = 0;
  }

  get full(): boolean {
    return this.size === this.#capacity;
  }

  /**
   * Opens an operation; the caller made sure that there is room and that the goroutine has none open.
   * `goroutine` and `mapNumber` are the numbers that `tables` gave; a goroutine that is not known is NONE.
   */
  open(tables: OpTables, goroutine: number, mapNumber: number, write: number): number {
    const op = this.#free;
    this.#free = this.next[op] ?? NONE;
    this.size++;
    this.row[op] = NONE;
    this.write[op] = write;
    this.up[op] = 0;
    this.down[op] = 0;
    this.#tables[op] = tables;
    this.#goroutine[op] = goroutine;
    this.#mapNumber[op] = mapNumber;
    const head = tables.headOf[mapNumber] ?? NONE;
    this.next[op] = head;
    this.#previous[op] = NONE;
    if (head !== NONE) this.#previous[head] = op;
    tables.headOf[mapNumber] = op;
    if (goroutine !== NONE) tables.openOf[goroutine] = op;
    tables.size++;
    this.#younger[op] = NONE;
    this.#older[op] = this.#youngest;
    if (this.#youngest === NONE) this.oldest = op;
    else this.#younger[this.#youngest] = op;
    this.#youngest = op;
    return op;
  }

  /** Forgets an operation. */
  close(op: number): void {
    const tables = this.#tables[op];
    this.#tables[op] = undefined;
    if (tables !== undefined) this.#unlink(op, tables);
    const older = this.#older[op] ?? NONE;
    const younger = this.#younger[op] ?? NONE;
    if (older === NONE) this.oldest = younger;
    else this.#younger[older] = younger;
    if (younger === NONE) this.#youngest = older;
    else this.#older[younger] = older;
    this.next[op] = this.#free;
    this.#free = op;
    this.size--;
  }

  /** Says of all operations that their counts cannot be trusted: records were lost. */
  doubtAll(): void {
    for (let op = this.oldest; op !== NONE; op = this.#younger[op] ?? NONE) {
      this.up[op] = UNBOUNDED;
      this.down[op] = UNBOUNDED;
    }
  }

  /** Forgets the numbers of all goroutines and maps of a process that have no operation open. */
  tidy(tables: OpTables): void {
    tables.clear();
    for (let op = this.oldest; op !== NONE; op = this.#younger[op] ?? NONE) {
      if (this.#tables[op] !== tables) continue;
      const map = tables.mapNumber(this.map[op] ?? 0);
      this.#mapNumber[op] = map;
      if (this.#previous[op] === NONE) tables.headOf[map] = op;
      if (this.#goroutine[op] === NONE) continue;
      const goroutine = tables.goroutine(this.goid[op] ?? 0);
      this.#goroutine[op] = goroutine;
      tables.openOf[goroutine] = op;
    }
  }

  #unlink(op: number, tables: OpTables): void {
    const goroutine = this.#goroutine[op] ?? NONE;
    if (goroutine !== NONE) tables.openOf[goroutine] = NONE;
    const next = this.next[op] ?? NONE;
    const previous = this.#previous[op] ?? NONE;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) this.next[previous] = next;
    else tables.headOf[this.#mapNumber[op] ?? 0] = next;
    tables.size--;
  }
}

/**
 * Where one process's open operations are found. Goroutines and maps have dense numbers, so that a record
 * costs one look-up for each and opening and closing cost none; numbers nobody needs are forgotten when
 * there are many.
 */
export class OpTables {
  readonly #goroutines = new NumberTable();
  readonly #maps = new NumberTable();
  /** By a goroutine's number: its open operation, or NONE. */
  openOf = new Int32Array(64).fill(NONE);
  /** By a map's number: its youngest open operation, or NONE. */
  headOf = new Int32Array(64).fill(NONE);
  /** Operations open in this process: where there are none, nothing needs looking up. */
  size = 0;

  /** The number of a goroutine. */
  goroutine(goid: number): number {
    const known = this.#goroutines.get(goid);
    if (known >= 0) return known;
    const fresh = this.#goroutines.size;
    if (fresh === this.openOf.length) this.openOf = doubled(this.openOf);
    this.#goroutines.set(goid, fresh);
    return fresh;
  }

  /** The number of a map. */
  mapNumber(map: number): number {
    const known = this.#maps.get(map);
    if (known >= 0) return known;
    const fresh = this.#maps.size;
    if (fresh === this.headOf.length) this.headOf = doubled(this.headOf);
    this.#maps.set(map, fresh);
    return fresh;
  }

  /** So many numbers are in use that `OpenOps.tidy` is worth its time. */
  get untidy(): boolean {
    return this.#goroutines.size + this.#maps.size > MANY + this.size * 4;
  }

  clear(): void {
    this.#goroutines.clear();
    this.#maps.clear();
    this.openOf.fill(NONE);
    this.headOf.fill(NONE);
  }
}

const MANY = 1 << 16;

function doubled(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2).fill(NONE);
  to.set(from);
  return to;
}
