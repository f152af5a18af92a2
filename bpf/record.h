/* SPDX-License-Identifier: (Apache-2.0 OR GPL-2.0-only)
 *
 * The record that a probe writes for each hit, shared with src/model/record.ts; a test compares the two.
 * All numbers little endian. A record is RECORD_HEAD bytes, then KEY_AREA bytes (not filled when no keys
 * are captured), then FACTS_AREA bytes (only when facts were asked for), then LABELS_AREA bytes (only with
 * FLAG_LABELS), then 8 bytes a frame (as many as were asked for; frame_count of them are filled).
 * An exit record is EXIT_RECORD bytes: the head up to and including seed.
 *
 * The kernel reads without faulting pages in. A text that was not in memory is unreadable: FLAG_KEY_UNREADABLE
 * is set, nothing is stored, and its address stands in the first 8 bytes of the key area (or, for a part, of
 * its bytes): a text in the program's read-only image can then still be read from outside.
 */
#ifndef MAPAUDIT_RECORD_H
#define MAPAUDIT_RECORD_H

enum { RECORD_ENTRY = 0, RECORD_EXIT = 1 };

/* flags */
enum {
	FLAG_COUNT_UNREADABLE = 1 << 0,  /* map header could not be read: count is not valid */
	FLAG_GOROUTINE_UNREADABLE = 1 << 1,
	FLAG_KEY_UNREADABLE = 1 << 2,    /* see below */
	FLAG_KEY_UNPLANNED = 1 << 3,     /* type not known to the kernel yet: strings inside were not fetched */
	FLAG_STACK_UNREADABLE = 1 << 4,  /* the frame chain ended in memory that could not be read */
	FLAG_MAP_ON_STACK = 1 << 5,      /* the map header lies on this goroutine's stack */
	FLAG_WRITING = 1 << 6,           /* another operation was writing the map at that moment */
	FLAG_LABELS = 1 << 7,            /* the goroutine has profiler labels: a struct labels is there */
};

/* key_form */
enum {
	KEY_NONE = 0,
	KEY_WORD = 1,    /* the key area begins with the 8 bytes of the register */
	KEY_STRING = 2,  /* the key area holds the text; key_size is its true length */
	KEY_BYTES = 3,   /* the key area holds a key_body; key_size is the type's size */
};

/* mark: why the race probe tells of an operation. */
enum {
	MARK_WATCHED = 1,  /* it waited while another came: the operation that was watched */
	MARK_MET = 2,      /* it came while that one waited */
	MARK_WRITING = 3,  /* another was writing the map at that moment */
	MARK_SHARED = 4,   /* a write to a map that another goroutine wrote to before */
};
#define MARK_BITS 3

#define RECORD_HEAD 96
#define EXIT_RECORD 56
#define KEY_TEXT_MAX 256   /* text of a KEY_STRING */
#define KEY_RAW_MAX 128    /* plain bytes of a KEY_BYTES */
#define KEY_PART_MAX 64    /* bytes of one chased part */
#define MAX_CHASES 2
#define KEY_AREA 320       /* >= sizeof(struct key_body), KEY_TEXT_MAX, and what is read of runtime.g */
#define FACTS_AREA 160
#define LABELS_AREA 1040
#define MAX_LABELS 8
#define LABEL_NAME_MAX 48
#define LABEL_VALUE_MAX 64
#define MAX_FRAMES 64

struct record_head {
	__u64 time;        /*  0  bpf_ktime_get_ns */
	__u32 pid;         /*  8  thread group */
	__u32 tid;         /* 12 */
	__u16 probe;       /* 16  ProbeSite.index */
	__u8 kind;         /* 18  RECORD_* */
	__u8 flags;        /* 19  FLAG_* */
	__u8 key_form;     /* 20  KEY_* */
	__u8 frame_count;  /* 21 */
	__u16 key_stored;  /* 22  bytes of text (KEY_STRING) or of raw (KEY_BYTES) that are valid */
	__u64 map;         /* 24  the map header */
	__u64 count;       /* 32  entries: before the operation (entry), after it (exit) */
	__u64 goid;        /* 40 */
	__u32 seed;        /* 48  of the map's hashes (the low half), as it stood beside the count */
	__u32 mark;        /* 52  of the race probe: MARK_* and, above them, the number of the watch; else 0 */
	/* entry records only: */
	__u64 type;        /* 56  map type descriptor, 0 when the function is not given it */
	__u64 start_pc;    /* 64  g.startpc */
	__u64 caller;      /* 72  return address */
	__u64 key_size;    /* 80 */
	__u64 key_type;    /* 88  dynamic type when the key itself is an interface, else 0 */
};

/* struct key_part, state: not chased, chased, out of memory's reach. */
enum { PART_NONE = 0, PART_CHASED = 1, PART_UNREADABLE = 2 };

/* One chased part of a key. */
struct key_part {
	__u64 type;     /* dynamic type of an interface, 0 for a string (or a nil interface) */
	__u64 length;   /* true length in bytes of the text or value */
	__u32 stored;   /* valid bytes below */
	__u32 state;    /* PART_* */
	__u8 bytes[KEY_PART_MAX];
};

/* struct facts, valid: which parts of it could be read. */
enum { FACTS_HEADER = 1 << 0, FACTS_TABLE = 1 << 1 };

/* What a hit saw of the map itself, and the function's arguments. */
struct facts {
	__u64 header[6];    /*   0  the map header: runtime.hmap or internal/runtime/maps.Map */
	__u64 table[4];     /*  48  internal/runtime/maps.table, where the function works on one */
	__u64 registers[9]; /*  80  RAX RBX RCX RDI RSI R8 R9 R10 R11: the order of Go's arguments */
	__u64 valid;        /* 152  FACTS_* */
};

/* struct label, state: bits. A text that was not in memory has its address in the first 8 of its bytes. */
enum { LABEL_THERE = 1 << 0, LABEL_NAME_UNREADABLE = 1 << 1, LABEL_VALUE_UNREADABLE = 1 << 2 };

/* One label that runtime/pprof has set on the goroutine. */
struct label {
	__u32 name_length;            /*  0  true lengths in bytes */
	__u32 value_length;           /*  4 */
	__u32 state;                  /*  8  LABEL_*; 0: nothing stands here */
	__u32 pad;                    /* 12 */
	__u8 name[LABEL_NAME_MAX];    /* 16 */
	__u8 value[LABEL_VALUE_MAX];  /* 64 */
};                                    /* 128 */

/* struct labels, state */
enum { LABELS_READ = 1, LABELS_UNREADABLE = 2 };

/* The labels of the goroutine at that moment; what is not in `label` of `total` was too much. */
struct labels {
	__u64 total;                     /*  0  labels of the set, where it could be read */
	__u64 state;                     /*  8  LABELS_* */
	struct label label[MAX_LABELS];  /* 16 */
};                                       /* 1040 */

/* The key area of a KEY_BYTES key. */
struct key_body {
	__u8 raw[KEY_RAW_MAX];             /*   0 */
	struct key_part part[MAX_CHASES];  /* 128, 216 */
};

#endif
