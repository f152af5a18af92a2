/* SPDX-License-Identifier: (Apache-2.0 OR GPL-2.0-only)
 *
 * What the race probe is told, and what it tells. Mirrored by src/probe/race/layout.ts; a test compares the two.
 */
#ifndef MAPAUDIT_RACE_H
#define MAPAUDIT_RACE_H

#include "config.h"

/* What an operation is to another one on the same map. */
enum {
	ROLE_READ = 0,
	ROLE_WRITE = 1,
};

#define OWNERS 16384

/* Fixed before the program is loaded. Times in nanoseconds. */
struct race_config {
	__u64 wait;         /*  0  how long an operation is held */
	__u64 quiet;        /*  8  it is not let go before so long after the probe is done with who met it … */
	__u64 longest;      /* 16  … but after so long in any case */
	__u32 moves;        /* 24  how often a map must have changed hands before it is watched */
	__u32 pad;          /* 28 */
	__u8 role[MAX_SITES]; /* 32  ROLE_* of each site */
};                          /* 288 */

/* Changed while it runs: the budget. */
struct race_control {
	__u64 allowed; /*  0  nanoseconds of waiting in all, so far */
	__u64 pace;    /*  8  after a wait of n, none begins for n * pace */
};                     /* 16 */

/* What the waiting cost. */
struct race_spent {
	__u64 nanoseconds; /*  0 */
	__u64 watches;     /*  8 */
	__u64 longest;     /* 16  the longest wait, in nanoseconds */
	__u64 met;         /* 24  operations that came upon a waiting one, one of the two a write */
};                         /* 32 */

#endif
