/**
 * What a reader that looks for races asks of the hook, and is told, in the shared file: struct mapauditRacePage of
 * go/hook/race.go.txt; a test compares the two.
 */
export const RACE_AREA = { at: 1024, bytes: 128 + 8 * 64 } as const;

/** Offsets in it. Times are in nanoseconds. */
export const RACE_PAGE = {
  allowed: 0,
  pace: 8,
  wait: 16,
  moves: 24,
  ns: 32,
  watches: 40,
  longest: 48,
  met: 56,
  next: 64,
  shared: 72,
  /** Types that may be waited for, plus one; 0 is all. */
  typed: 80,
  types: 128,
} as const;

/** Types that fit. */
export const RACE_TYPES = 64;
