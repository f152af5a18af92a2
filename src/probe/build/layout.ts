import { PLANS, SHARED_P, TABLE } from '../shared/layout.ts';

/**
 * The file that a hooked program and its reader share: /dev/shm/mapaudit.PID. The same numbers stand in
 * go/hook/core.go.txt (struct mapauditHeader, mapauditP, mapauditRow, mapauditPlan); a test compares the two.
 */
export const HEADER = {
  magic: 0,
  version: 8,
  mode: 12,
  slots: 16,
  stride: 20,
  ps: 24,
  frames: 28,
  keyBytes: 32,
  every: 36,
  goid: 40,
  mapAddress: 48,
  filter: 56,
  ack: 60,
  pid: 64,
  ackTicks: 72,
  ackNanos: 80,
  sites: 96,
  size: 104,
  reader: 112,
  readerIn: 120,
  beat: 128,
  patience: 136,
  procs: 144,
  space: 152,
  base: 160,
  crashed: 164,
  crashGoid: 168,
  crashAt: 176,
  text: 184,
  exeLength: 192,
  firstTicks: 200,
  firstNanos: 208,
  image: 232,
  lentAt: 240,
  returnedAt: 248,
  outsideOf: 256,
  exe: 512,
} as const;

/** "mapaudit" */
export const MAGIC = 0x746964756170616dn;
export const VERSION = 3;

/** Bits of the filter word. */
export const FILTER = { map: 1, goid: 2 } as const;

/** Bits of the mode word. */
export const MODE = { events: 1, counts: 2, overwrite: 4, exits: 8, races: 32, labels: 128 } as const;

/** What belongs to one P, one after the other. */
export const PS_AT = PLANS.at + PLANS.rows * PLANS.rowBytes + 4096;
export const P = SHARED_P;

/** Bytes of one P: words, counters, ring. */
export const bytesOfP = (slots: number, stride: number): number =>
  P.bytes + (TABLE.rows + TABLE.together) * TABLE.rowBytes + slots * stride;
