import { MOVES } from '../shared/race_rules.ts';
import { HEADER, P } from './layout.ts';

/**
 * What looking for races adds to the shared memory: words in the header, and two tables behind the rings. The code
 * that uses them is made from this file. Times are in ticks of the processor's counter.
 */
export const RACE_AT = HEADER.outsideOf + 512;

/** Offsets from `RACE_AT`: the operation that waits, one at a time. Its first line is looked at by every operation. */
export const WATCH = {
  /** Its map; 0 while none waits. */
  map: 0,
  /** Odd while one waits. */
  number: 8,
  goid: 16,
  write: 24,
  /** How many came and have not left yet, in 32 bits; behind it how many came at all. */
  inside: 64,
  came: 68,
  /** When one that came has left. */
  metAt: 72,
  /** What `came` was when this wait began. */
  first: 80,
  /** For how long its processor was another's. */
  away: 88,
  lock: 128,
  /** None waits before that time, nor, for maps that were often watched in vain, for some gaps after it. */
  next: 136,
  gap: 144,
  sharedNext: 152,
} as const;

/** What the reader asks for. */
export const ASKED = {
  /** Waiting in all. */
  allowed: 192,
  /** After a wait of n none for n times this. */
  pace: 200,
  wait: 208,
  quiet: 216,
  longest: 224,
  /** Nobody waits after this moment, which the reader moves on while it lives. */
  lease: 232,
  sharedGap: 240,
  /** Types that may be waited for, plus one; 0 is all. */
  typed: 248,
} as const;

/** What waiting has cost. */
export const SPENT = { ticks: 256, watches: 264, longest: 272, met: 280 } as const;

export const TYPES = { at: 320, most: 64 } as const;

/** Of a P: why the record that it writes is written, and whether it came upon a wait that it has to leave. */
export const P_RACE = { mark: P.ignored + 512, met: P.ignored + 520 } as const;

/** What is remembered of a map: a place for each, by its address; what is crowded out is found later. */
export const OWNERS = 16384;
export const OWNER = {
  map: 0,
  /** Who used it last, and who wrote to it last. */
  goid: 8,
  writer: 16,
  /** Who was in the last record of writes by several, in 16 bits: the next is another's. All from here on begins with 0. */
  told: 24,
  watches: 26,
  /** Operations until the clock is looked at again, and how many that were the last time. */
  skip: 27,
  pause: 28,
  /** Records of writes by several, and of finding it marked "being written". */
  shared: 29,
  writing: 30,
  state: 31,
  bytes: 32,
} as const;
/** `OWNER.state`: how often another used it than the one before; after so many it is worth a watch; its race is told. */
export const STATE = { watched: MOVES, told: MOVES + 1 } as const;

/** Maps whose race was told, by address: also when their place among the owners went to another. */
export const TOLD_ROWS = 32768;

export const RACE_TABLES = {
  owners: 0,
  told: OWNERS * OWNER.bytes,
  bytes: OWNERS * OWNER.bytes + 8 * TOLD_ROWS,
};
