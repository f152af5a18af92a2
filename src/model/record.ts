/**
 * The layout of a hit's record: bpf/record.h in TypeScript. A test compiles the header and compares every
 * number, so the two cannot drift apart.
 */
export const RECORD_ENTRY = 0;
export const RECORD_EXIT = 1;

export const FLAG_COUNT_UNREADABLE = 1 << 0;
export const FLAG_GOROUTINE_UNREADABLE = 1 << 1;
export const FLAG_KEY_UNREADABLE = 1 << 2;
export const FLAG_KEY_UNPLANNED = 1 << 3;
export const FLAG_STACK_UNREADABLE = 1 << 4;
export const FLAG_MAP_ON_STACK = 1 << 5;
export const FLAG_WRITING = 1 << 6;
export const FLAG_LABELS = 1 << 7;

export const KEY_NONE = 0;
export const KEY_WORD = 1;
export const KEY_STRING = 2;
export const KEY_BYTES = 3;

/** The low MARK_BITS of `mark`: why the race probe tells of an operation. Above them is the number of the watch. */
export const MARK_WATCHED = 1;
export const MARK_MET = 2;
export const MARK_WRITING = 3;
export const MARK_SHARED = 4;
export const MARK_BITS = 3;

export const RECORD_HEAD = 96;
export const EXIT_RECORD = 56;
export const KEY_TEXT_MAX = 256;
export const KEY_RAW_MAX = 128;
export const KEY_PART_MAX = 64;
export const MAX_CHASES = 2;
export const KEY_AREA = 320;
export const FACTS_AREA = 160;
export const LABELS_AREA = 1040;
export const MAX_LABELS = 8;
export const LABEL_NAME_MAX = 48;
export const LABEL_VALUE_MAX = 64;
export const MAX_FRAMES = 64;

/** Offsets in a record. */
export const RECORD = {
  time: 0,
  pid: 8,
  tid: 12,
  probe: 16,
  kind: 18,
  flags: 19,
  keyForm: 20,
  frameCount: 21,
  keyStored: 22,
  map: 24,
  count: 32,
  goid: 40,
  seed: 48,
  mark: 52,
  type: 56,
  startPc: 64,
  caller: 72,
  keySize: 80,
  keyType: 88,
  key: 96,
} as const;

/** Offsets in the key area of a KEY_BYTES key; parts follow the raw bytes. */
export const KEY_BODY = { raw: 0, part: KEY_RAW_MAX, partSize: 24 + KEY_PART_MAX } as const;

/** Offsets in the facts of a record: the map's header, its table, the argument registers in Go's order. */
export const FACTS = { header: 0, table: 48, registers: 80, valid: 152 } as const;

export const FACTS_HEADER = 1 << 0;
export const FACTS_TABLE = 1 << 1;

/** Offsets in one chased part. An unreadable one holds the address of its text in the first 8 bytes. */
export const KEY_PART = { type: 0, length: 8, stored: 16, state: 20, bytes: 24 } as const;

/** Offsets in the labels of a record; the labels themselves follow from `label` on. */
export const LABELS = { total: 0, state: 8, label: 16 } as const;

export const LABELS_READ = 1;
export const LABELS_UNREADABLE = 2;

/** Offsets in one label. An unreadable text has its address in the first 8 of its bytes. */
export const LABEL = { nameLength: 0, valueLength: 4, state: 8, name: 16, value: 64, size: 128 } as const;

export const LABEL_THERE = 1 << 0;
export const LABEL_NAME_UNREADABLE = 1 << 1;
export const LABEL_VALUE_UNREADABLE = 1 << 2;

export const PART_NOT_CHASED = 0;
export const PART_CHASED = 1;
export const PART_UNREADABLE = 2;
