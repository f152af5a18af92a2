/* SPDX-License-Identifier: (Apache-2.0 OR GPL-2.0-only)
 *
 * What user space fixes before the program is loaded, in read-only data: the verifier sees constants and
 * removes what is not wanted. Mirrored by src/probe/kernel/config.ts; a test compares the two.
 */
#ifndef MAPAUDIT_CONFIG_H
#define MAPAUDIT_CONFIG_H

#define MAX_SITES 256
#define MAX_PARTS 4
#define MAX_BEYOND 32
#define KEY_FILTER_MAX 64
#define OPEN_SLOTS 4096

enum { MODE_COUNTS = 1, MODE_EVENTS = 2 };

struct config {
	__u32 mode;             /*   0  MODE_* */
	__u32 record_size;      /*   4  bytes of an entry record */
	__u32 frames;           /*   8 */
	__u32 key_bytes;        /*  12  longest text to copy; 0: no key area at all */
	__u32 verdicts;         /*  16  look into the verdict table */
	__u32 by_process;       /*  20  more than one process: counters, and what is not in the image, are kept for each */
	__u32 exits;            /*  24  exit sites are attached: remember which goroutine has an open record */
	__u32 has_goid;         /*  28  only this goroutine: */
	__u64 goid;             /*  32 */
	__u64 pidns_dev;        /*  40  pid namespace of mapaudit when it is not the first one, else 0 */
	__u64 pidns_ino;        /*  48 */
	__u32 g_stack;          /*  56  offset of g.stack {lo, hi} */
	__u32 g_goid;           /*  60 */
	__u32 g_startpc;        /*  64 */
	__u32 map_writing;      /*  68  byte of the map header with the mark "being written" */
	__u32 map_writing_mask; /*  72 */
	__u32 type_direct;      /*  76  byte of a type descriptor: an interface holds the value itself */
	__u32 type_direct_mask; /*  80 */
	__u32 key_filter_len;   /*  84  0: no filter */
	__u32 key_filter_exact; /*  88  the whole key, not only its beginning */
	__u32 stoppable;        /*  92  look whether all is to stop: probes are taken out one by one */
	__u8 key_filter[KEY_FILTER_MAX]; /* 96 */
	__u64 map;              /* 160  only this map, where has_map */
	__u32 has_map;          /* 168 */
	__u32 note_bias;        /* 172  write into `biases` where each process has the image */
	__u64 image_end;        /* 176  of the file's addresses, where by_process */
	__u32 facts;            /* 184  records carry struct facts */
	__u32 sync;             /* 188  there are sites of sync.Map */
	__u8 key_mask[KEY_FILTER_MAX]; /* 192  of a value: the bits that count */
	__u32 key_is_value;     /* 256  key_filter is the memory of a value, not a text */
	__u32 labels;           /* 260  LABELS_AS_*: take the goroutine's labels along; 0: not */
	__u32 g_labels;         /* 264 */
	__u32 counter_slots;    /* 268  of each CPU, a power of two */
};                              /* 272 */

/* What g.labels points to: go1.18-1.23 src/runtime/pprof/label.go, labelMap; from go1.24 on that of label.go. */
enum {
	LABELS_AS_MAP = 1,  /* a map[string]string, whose header is a runtime.hmap */
	LABELS_AS_LIST = 2, /* a slice of {key, value string} */
};

/* Which registers hold type, map and key: the argument orders of Go's map functions. */
enum {
	SHAPE_TYPE_MAP = 0,   /* RAX type, RBX map, RCX key, RDI length: runtime.map*, reflect.map* */
	SHAPE_MAP_TYPE = 1,   /* RAX map, RBX type, RCX key: methods of internal/runtime/maps.Map */
	SHAPE_TABLE = 2,      /* RBX type, RCX map: methods of internal/runtime/maps.table */
	SHAPE_SYNC = 4,       /* RAX a sync.Map or its HashTrieMap, which has no type and no header of a map */
	SHAPE_INSIDE = 3,     /* inside a function: the map in exit_register, neither type nor return address known */
};

enum {
	SITE_KEY_NONE = 0, SITE_KEY_WORD4 = 1, SITE_KEY_WORD8 = 2, SITE_KEY_STRING = 3, SITE_KEY_POINTER = 4,
	SITE_KEY_EFACE_BX = 5, /* an interface in RBX (type) and RCX (data): methods of sync.Map */
	SITE_KEY_EFACE_CX = 6, /* an interface in RCX and RDI: methods of internal/sync.HashTrieMap */
};

/* A range of return addresses, relative to the address of the site . */
struct part {
	__s64 start;
	__s64 end;
};

/* A function beyond which to look for the caller, and where it keeps its key meanwhile. */
struct beyond {
	__s64 start;      /*  0  in the file's addresses */
	__s64 end;        /*  8 */
	__s32 key_at;     /* 16  from its frame pointer; of a string, its pointer … */
	__s32 length_at;  /* 20  … and its length */
	__u32 key;        /* 24  SITE_KEY_* */
	__u32 pad;        /* 28 */
};                        /* 32 */

struct site_config {
	__u8 shape;          /* 0 */
	__u8 key;            /* 1  SITE_KEY_* */
	__u8 skip_restarts;  /* 2  a hit with CF or ZF set goes to morestack and comes back */
	__u8 parts;          /* 3  ranges in use */
	__u8 exit_register;  /* 4  x86 number of the register with the map, of an exit site or of SHAPE_INSIDE */
	__u8 exits;          /* 5  this function has an exit site */
	__u8 beyond;         /* 6  the caller is the first return address outside of `beyond`: growth inside an assign */
	__u8 table;          /* 7  entry: 1 + x86 number of the register with the table; exit: 1 = that table is looked at again */
	struct part part[MAX_PARTS]; /* 8 */
	__u64 address;       /* 72  in the file */
	__u8 keyless;        /* 80  has no key, and passes the filter on keys */
	__u8 map_lost;       /* 81  exit: no register holds the map */
	__u8 pad[6];         /* 82 */
};                           /* 88 */

#endif
