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
  /** 1: the goroutine has gone on, so the operation is over; only a look at the map's count is missing. */
  readonly over: Uint8Array;
  /** Next on the same map. */
  readonly next: Int32Array;
  readonly #previous: Int32Array;
  readonly #younger: Int32Array;
  readonly #older: Int32Array;
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
    this.over = new Uint8Array(capacity);
    this.next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#younger = new Int32Array(capacity);
    this.#older = new Int32Array(capacity);
    this.#tables = new Array<OpTables | undefined>(capacity);
    for (let i = 0; i < capacity; i++) this.next[i] = i + 1 < capacity ? i + 1 : NONE;
    this.#free = 0;
  }

  get full(): boolean {
    return this.size === this.#capacity;
  }

  /** Opens an operation; the caller made sure that there is room and that the goroutine has none open. */
  open(tables: OpTables, goid: number, map: number, write: number, before: number, began: number): number {
    const op = this.#free;
    this.#free = this.next[op] ?? NONE;
    this.size++;
    this.goid[op] = goid;
    this.map[op] = map;
    this.before[op] = before;
    this.began[op] = began;
    this.row[op] = NONE;
    this.write[op] = write;
    this.up[op] = 0;
    this.down[op] = 0;
    this.over[op] = 0;
    this.#tables[op] = tables;
    const head = tables.byMap.get(map);
    this.next[op] = head;
    this.#previous[op] = NONE;
    if (head !== NONE) this.#previous[head] = op;
    tables.byMap.set(map, op);
    if (goid !== 0) tables.byGoroutine.set(goid, op);
    this.#younger[op] = NONE;
    this.#older[op] = this.#youngest;
    if (this.#youngest === NONE) this.oldest = op;
    else this.#younger[this.#youngest] = op;
    this.#youngest = op;
    return op;
  }

  /** The goroutine has gone on to something else. */
  finish(op: number): void {
    this.over[op] = 1;
    this.#tables[op]?.byGoroutine.delete(this.goid[op] ?? 0);
  }

  /** Forgets an operation. */
  close(op: number): void {
    const tables = this.#tables[op];
    this.#tables[op] = undefined;
    if (tables !== undefined) this.#unlinkFromMap(op, tables);
    const goid = this.goid[op] ?? 0;
    if (goid !== 0 && this.over[op] !== 1) tables?.byGoroutine.delete(goid);
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

  #unlinkFromMap(op: number, tables: OpTables): void {
    const map = this.map[op] ?? 0;
    const next = this.next[op] ?? NONE;
    const previous = this.#previous[op] ?? NONE;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) this.next[previous] = next;
    else if (next !== NONE) tables.byMap.set(map, next);
    else tables.byMap.delete(map);
  }
}

/** Where one process's open operations are found. */
export class OpTables {
  readonly byGoroutine = new NumberTable();
  readonly byMap = new NumberTable();
}
