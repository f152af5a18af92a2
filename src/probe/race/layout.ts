import { MAX_SITES } from '../kernel/config.ts';

/** bpf/race.h in TypeScript: what the race program is told, and what it tells. A test compares the two. */
export const ROLE_READ = 0;
export const ROLE_WRITE = 1;

export const OWNERS = 16384;

/** Offsets in struct race_config. */
export const RACE_CONFIG = {
  wait: 0,
  quiet: 8,
  longest: 16,
  moves: 24,
  role: 32,
  size: 32 + MAX_SITES,
} as const;

/** Offsets in struct race_control. */
export const RACE_CONTROL = { allowed: 0, pace: 8, size: 16 } as const;

/** Offsets in struct race_spent. */
export const RACE_SPENT = { nanoseconds: 0, watches: 8, longest: 16, met: 24, size: 32 } as const;
