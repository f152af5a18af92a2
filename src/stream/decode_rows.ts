import {
  EXIT_RECORD,
  FACTS_AREA,
  FLAG_LABELS,
  KEY_AREA,
  LABELS_AREA,
  RECORD,
  RECORD_ENTRY,
  RECORD_EXIT,
  RECORD_HEAD,
} from '../model/record.ts';
import type { Columns } from './columns.ts';

/** What records look like, and what of them is wanted. */
export interface RecordOptions {
  /** Records have a key area, filled or not (the kernel probe's always have): frames follow it. */
  readonly keyArea: boolean;
  readonly keepKeys: boolean;
  readonly keepFrames: boolean;
  /** Records have a map's header and registers between key area and frames. */
  readonly facts?: boolean;
}

/** Where facts or, without them, frames begin. */
const headBytes = (options: RecordOptions): number => RECORD_HEAD + (options.keyArea ? KEY_AREA : 0);

/** Where frames begin, or the labels before them, which some records have. */
const frameStart = (options: RecordOptions): number =>
  headBytes(options) + (options.facts === true ? FACTS_AREA : 0);

/** Bytes that mean something in the record at word `at`. */
export function recordBytes(words: Uint32Array, at: number, options: RecordOptions): number {
  const site = words[at + RECORD.probe / 4] ?? 0;
  if (((site >>> 16) & 0xff) === RECORD_EXIT) return EXIT_RECORD;
  const frames = ((words[at + RECORD.keyForm / 4] ?? 0) >>> 8) & 0xff;
  const labels = ((site >>> 24) & FLAG_LABELS) === 0 ? 0 : LABELS_AREA;
  return frameStart(options) + labels + frames * 8;
}

/**
 * Fills rows of columns from records: `positions[i]` is the word where the record of row `i` begins.
 *
 * One short loop a column, block by block: the compiler keeps such a loop in registers, and a block's
 * records stay in the first-level cache. It takes half the time of one loop that fills all columns of a row.
 */
export function decodeRows(
  words: Uint32Array,
  positions: Uint32Array,
  rows: number,
  to: Columns,
  options: RecordOptions,
): void {
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    halves(words, positions, RECORD.time / 4, to.timeLow, start, end);
    halves(words, positions, RECORD.time / 4 + 1, to.timeHigh, start, end);
    halves(words, positions, RECORD.pid / 4, to.pid, start, end);
    halves(words, positions, RECORD.tid / 4, to.tid, start, end);
    wides(words, positions, RECORD.map / 4, to.map, start, end);
    wides(words, positions, RECORD.count / 4, to.count, start, end);
    wides(words, positions, RECORD.goid / 4, to.goid, start, end);
    halves(words, positions, RECORD.seed / 4, to.seed, start, end);
    wides(words, positions, RECORD.type / 4, to.type, start, end);
    wides(words, positions, RECORD.startPc / 4, to.startPc, start, end);
    wides(words, positions, RECORD.caller / 4, to.caller, start, end);
    if (options.keyArea) {
      wides(words, positions, RECORD.keySize / 4, to.keySize, start, end);
      wides(words, positions, RECORD.keyType / 4, to.keyType, start, end);
    }
    sites(words, positions, to, start, end);
    keys(words, positions, to, start, end, options);
    clearExits(to, start, end);
  }
}

const BLOCK = 256;
const TWO_32 = 0x1_0000_0000;

function halves(
  words: Uint32Array,
  at: Uint32Array,
  field: number,
  to: Uint32Array,
  start: number,
  end: number,
): void {
  for (let row = start; row < end; row++) to[row] = words[(at[row] ?? 0) + field] ?? 0;
}

/** 64-bit numbers as doubles: exact below 2^53, as addresses, counts and goroutine ids are. */
function wides(
  words: Uint32Array,
  at: Uint32Array,
  field: number,
  to: Float64Array,
  start: number,
  end: number,
): void {
  for (let row = start; row < end; row++) {
    const word = (at[row] ?? 0) + field;
    to[row] = (words[word + 1] ?? 0) * TWO_32 + (words[word] ?? 0);
  }
}

function sites(words: Uint32Array, at: Uint32Array, to: Columns, start: number, end: number): void {
  const { probe, kind, flags } = to;
  for (let row = start; row < end; row++) {
    const site = words[(at[row] ?? 0) + RECORD.probe / 4] ?? 0;
    probe[row] = site;
    kind[row] = site >>> 16;
    flags[row] = site >>> 24;
  }
}

/** An exit record ends before these fields: what was read there belongs to another record. */
function clearExits(to: Columns, start: number, end: number): void {
  const { kind, type, startPc, caller, keySize, keyType } = to;
  for (let row = start; row < end; row++) {
    if (kind[row] === RECORD_ENTRY) continue;
    type[row] = 0;
    startPc[row] = 0;
    caller[row] = 0;
    keySize[row] = 0;
    keyType[row] = 0;
  }
}

function keys(
  words: Uint32Array,
  at: Uint32Array,
  to: Columns,
  start: number,
  end: number,
  options: RecordOptions,
): void {
  const { keyArea, keepKeys, keepFrames } = options;
  const { kind, flags, keyForm, frameCount, keyStored, keyAt, framesAt, factsAt, labelsAt } = to;
  const framesFrom = frameStart(options);
  const factsFrom = options.facts === true ? headBytes(options) : -1;
  for (let row = start; row < end; row++) {
    const position = at[row] ?? 0;
    const word = kind[row] === RECORD_ENTRY ? (words[position + RECORD.keyForm / 4] ?? 0) : 0;
    const form = keyArea ? word & 0xff : 0;
    const frames = keepFrames ? (word >>> 8) & 0xff : 0;
    keyForm[row] = form;
    frameCount[row] = frames;
    keyStored[row] = word >>> 16;
    keyAt[row] = keepKeys && form !== 0 ? position * 4 + RECORD.key : -1;
    const labelled = kind[row] === RECORD_ENTRY && ((flags[row] ?? 0) & FLAG_LABELS) !== 0;
    labelsAt[row] = labelled ? position * 4 + framesFrom : -1;
    framesAt[row] = frames === 0 ? -1 : position * 4 + framesFrom + (labelled ? LABELS_AREA : 0);
    factsAt[row] = factsFrom < 0 || kind[row] !== RECORD_ENTRY ? -1 : position * 4 + factsFrom;
  }
}
