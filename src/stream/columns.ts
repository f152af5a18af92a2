import type { TracedBatch } from './traced_batch.ts';

/** All column types that a batch uses. */
type Column = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** The memory of a batch, for those who fill one. Grown by making a larger one and copying. */
export class Columns implements TracedBatch {
  length = 0;
  payload: Uint8Array = new Uint8Array(0);
  readonly capacity: number;
  readonly timeLow: Uint32Array;
  readonly timeHigh: Uint32Array;
  readonly pid: Uint32Array;
  readonly tid: Uint32Array;
  readonly probe: Uint16Array;
  readonly kind: Uint8Array;
  readonly flags: Uint8Array;
  readonly map: Float64Array;
  readonly count: Float64Array;
  readonly seed: Uint32Array;
  readonly goid: Float64Array;
  readonly type: Float64Array;
  readonly startPc: Float64Array;
  readonly caller: Float64Array;
  readonly keyForm: Uint8Array;
  readonly keySize: Float64Array;
  readonly keyStored: Uint16Array;
  readonly keyType: Float64Array;
  readonly frameCount: Uint8Array;
  readonly keyAt: Int32Array;
  readonly framesAt: Int32Array;
  readonly factsAt: Int32Array;
  readonly labelsAt: Int32Array;
  readonly outcome: Uint8Array;
  readonly mapId: Uint32Array;
  readonly othersUp: Uint8Array;
  readonly othersDown: Uint8Array;
  readonly epoch: Uint32Array;
  /** 1 while the row's outcome may still become known. */
  readonly waits: Uint8Array;
  readonly #all: readonly Column[];
  readonly #traced: readonly Column[];

  constructor(capacity: number) {
    this.capacity = capacity;
    this.timeLow = new Uint32Array(capacity);
    this.timeHigh = new Uint32Array(capacity);
    this.pid = new Uint32Array(capacity);
    this.tid = new Uint32Array(capacity);
    this.probe = new Uint16Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.map = new Float64Array(capacity);
    this.count = new Float64Array(capacity);
    this.seed = new Uint32Array(capacity);
    this.goid = new Float64Array(capacity);
    this.type = new Float64Array(capacity);
    this.startPc = new Float64Array(capacity);
    this.caller = new Float64Array(capacity);
    this.keyForm = new Uint8Array(capacity);
    this.keySize = new Float64Array(capacity);
    this.keyStored = new Uint16Array(capacity);
    this.keyType = new Float64Array(capacity);
    this.frameCount = new Uint8Array(capacity);
    this.keyAt = new Int32Array(capacity);
    this.framesAt = new Int32Array(capacity);
    this.factsAt = new Int32Array(capacity);
    this.labelsAt = new Int32Array(capacity);
    this.outcome = new Uint8Array(capacity);
    this.mapId = new Uint32Array(capacity);
    this.othersUp = new Uint8Array(capacity);
    this.othersDown = new Uint8Array(capacity);
    this.epoch = new Uint32Array(capacity);
    this.waits = new Uint8Array(capacity);
    this.#traced = [this.outcome, this.mapId, this.othersUp, this.othersDown, this.epoch, this.waits];
    this.#all = [
      this.timeLow, this.timeHigh, this.pid, this.tid, this.probe, this.kind, this.flags,
      this.map, this.count, this.seed, this.goid, this.type, this.startPc, this.caller,
      this.keyForm, this.keySize, this.keyStored, this.keyType, this.frameCount,
      this.keyAt, this.framesAt, this.factsAt, this.labelsAt, ...this.#traced,
    ]; // prettier-ignore
  }

  /** Nothing is known yet about the rows up to `length`. */
  forgetTraces(length: number): void {
    for (const column of this.#traced) column.fill(0, 0, length);
  }

  /** Appends the rows of another from `first` on; payload positions are the caller's business. */
  appendRows(from: Columns, first: number): void {
    this.#all.forEach((column, i) => {
      const source = from.#all[i];
      if (source !== undefined) column.set(source.subarray(first, from.length), this.length);
    });
    this.length += from.length - first;
  }

  /** Moves the rows from `first` on to the front. */
  dropRows(first: number): void {
    for (const column of this.#all) column.copyWithin(0, first, this.length);
    this.length -= first;
  }
}
