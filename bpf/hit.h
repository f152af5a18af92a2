/* SPDX-License-Identifier: (Apache-2.0 OR GPL-2.0-only)
 *
 * What every program that stands at a map operation needs: the registers of a hit, its goroutine, caller and key,
 * and the record of it. Nothing here faults a page in, or writes to the program that is watched.
 */
#ifndef MAPAUDIT_HIT_H
#define MAPAUDIT_HIT_H

#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "record.h"
#include "config.h"

/* Of the kernel's dual licence choice the one that its helpers ask for. */
char LICENSE[] SEC("license") = "GPL";

/* struct pt_regs of x86-64, arch/x86/include/uapi/asm/ptrace.h. */
struct regs {
	__u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	__u64 orig_ax, ip, cs, flags, sp, ss;
};

/* Each register by a load of its own: the verifier takes no computed offset into the context. */
#define REG(ctx, name) \
	({ \
		__u64 value; \
		asm volatile("%0 = *(u64 *)(%1 + %2)" \
			     : "=r"(value) \
			     : "r"(ctx), "i"(__builtin_offsetof(struct regs, name))); \
		value; \
	})

#define CARRY_OR_ZERO 0x41

struct bpf_map_def {
	__u32 type, key_size, value_size, max_entries, map_flags;
};

struct type_key {
	__u64 type;
	__u32 pid, pad;
};

enum { WHOLE_BYTES = 0, WHOLE_STRING = 1, WHOLE_EFACE = 2, WHOLE_IFACE = 3 };
enum { CHASE_STRING = 1, CHASE_EFACE = 2, CHASE_IFACE = 3 };

struct key_plan {
	__u32 size;
	__u8 kind, chases;
	__u16 pad;
	struct {
		__u32 offset, kind;
	} chase[MAX_CHASES];
};

enum { SUBJECT_TYPE = 0, SUBJECT_CALLER = 1, SUBJECT_MAP = 2 };

struct verdict_key {
	__u64 address;
	__u32 subject, pid;
};

struct control {
	__u32 sample_every;
	__u32 stopped; /* STOPPED_*; looked at where config.stoppable */
	__u32 no_keys; /* records go without their keys */
	__u32 pad;
};

/* Entries end first, so that the operations that are under way still get their exits. */
enum { STOPPED_ENTRIES = 1, STOPPED_ALL = 2 };

enum { COUNT_HITS = 0, COUNT_SAMPLED_OUT = 1, COUNT_RING_FULL = 2, COUNT_IGNORED = 3 };

/* max_entries of `rings` and its inner maps are set by the loader. */
struct bpf_map_def SEC("maps") rings = { BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 1, 0 };
struct bpf_map_def SEC("maps") site_counts = { BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 4 * MAX_SITES, 0 };
struct bpf_map_def SEC("maps") key_plans = { BPF_MAP_TYPE_HASH, sizeof(struct type_key), sizeof(struct key_plan), 65536, BPF_F_NO_PREALLOC };
struct bpf_map_def SEC("maps") verdicts = { BPF_MAP_TYPE_HASH, sizeof(struct verdict_key), 4, 65536, BPF_F_NO_PREALLOC };
struct bpf_map_def SEC("maps") control = { BPF_MAP_TYPE_ARRAY, 4, sizeof(struct control), 1, 0 };
/* Records of any kind that found the ring full: one number to look at after each drain. */
struct bpf_map_def SEC("maps") lost = { BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 1, 0 };
/* By pid: what the loader added to the file's addresses. A process can be gone before anybody asks it. */
struct bpf_map_def SEC("maps") biases = { BPF_MAP_TYPE_LRU_HASH, 4, 8, 8192, 0 };
/* open[goid % OPEN_SLOTS] is that goroutine's operation, while its record waits for its exit. */
struct open_op {
	__u64 goid, table;
};
struct bpf_map_def SEC("maps") open = { BPF_MAP_TYPE_ARRAY, 4, sizeof(struct open_op), OPEN_SLOTS, 0 };

const volatile struct config config SEC(".rodata") = {};
const volatile struct site_config sites[MAX_SITES] SEC(".rodata") = {};
const volatile struct beyond beyond[MAX_BEYOND] SEC(".rodata") = {};

/* What is known of a hit before it is decided whether anybody wants it. */
struct hit {
	__u32 site, pid, tid;
	__u64 map, type, caller, goid, bias;
	__u64 frame, below; /* where the caller's frame begins, and what it must lie above */
	__u32 inner;        /* 1 + index in `beyond` of the function that the caller called */
	__u8 flags;
};

/* Where the key of a hit is. `at` is its address, or the value itself of a KEY_WORD. */
struct key {
	__u64 at, size, type;
	struct key_plan *plan;
	__u8 form, flags;
};

static __always_inline void bump(__u32 site, __u32 what)
{
	__u32 index = site * 4 + what;
	__u64 *count = bpf_map_lookup_elem(&site_counts, &index);

	if (count)
		__sync_fetch_and_add(count, 1);
}

static __always_inline void who(struct hit *hit)
{
	if (config.pidns_ino) {
		struct bpf_pidns_info info = {};

		bpf_get_ns_current_pid_tgid(config.pidns_dev, config.pidns_ino, &info, sizeof(info));
		hit->pid = info.tgid;
		hit->tid = info.pid;
	} else {
		__u64 both = bpf_get_current_pid_tgid();

		hit->pid = both >> 32;
		hit->tid = both;
	}
}

/* Taking many probes out one by one takes seconds; what hits them meanwhile is no longer wanted. */
static __always_inline int stopped(__u32 what)
{
	__u32 zero = 0;
	struct control *c;

	if (!config.stoppable)
		return 0;
	c = bpf_map_lookup_elem(&control, &zero);
	return c && *(volatile __u32 *)&c->stopped >= what;
}

/*
 * Where key plans and verdicts about an address are kept. With one process as it is, under pid 0; with many, what
 * is in the binary's image stands under its address in the file, once for all of them, also those to come.
 */
static __always_inline __u32 place_of(const struct hit *hit, __u64 *address)
{
	if (!config.by_process)
		return 0;
	if (*address - hit->bias >= config.image_end)
		return hit->pid;
	*address -= hit->bias;
	return 0;
}

static __always_inline void note_bias(const struct hit *hit)
{
	__u64 *known = bpf_map_lookup_elem(&biases, &hit->pid);

	if (!known || *known != hit->bias)
		bpf_map_update_elem(&biases, &hit->pid, &hit->bias, BPF_ANY);
}

static __always_inline int is_part(const volatile struct site_config *site, __s64 from_site)
{
#pragma unroll
	for (int i = 0; i < MAX_PARTS; i++)
		if (i < site->parts && from_site >= site->part[i].start && from_site < site->part[i].end)
			return 1;
	return 0;
}

/* To the caller of a function whose frame does not begin below `lowest`, by its frame pointer. */
static __always_inline int leave_frame(struct hit *hit, __u64 lowest)
{
	__u64 frame[2];

	if (hit->frame < lowest)
		return -1;
	if (bpf_probe_read_user(frame, sizeof(frame), (void *)hit->frame)) {
		hit->flags |= FLAG_STACK_UNREADABLE;
		return -1;
	}
	hit->below = hit->frame;
	hit->frame = frame[0];
	hit->caller = frame[1];
	return 0;
}

/* Assigns have few frames; more than that is a chain that leads nowhere. */
#define MAX_CLIMB 6

/*
 * From a growth up through the assign that it is a part of, by frame pointers, to the caller of that. Where the way
 * is lost, there is no caller.
 */
static __always_inline void climb(struct hit *hit, __u64 to_file)
{
	for (int level = 0; level < MAX_CLIMB; level++) {
		__u64 address = hit->caller + to_file;
		__u64 inner = 0;

		/* Without branches: the verifier would follow each of them, on each level. */
		for (int i = 0; i < MAX_BEYOND; i++) {
			__u64 from_start = address - beyond[i].start, size = beyond[i].end - beyond[i].start;
			__u64 inside = ((from_start - size) & ~from_start) >> 63;

			asm volatile("" : "+r"(inside));
			inner |= inside * (i + 1);
		}
		if (!inner)
			return;
		hit->inner = inner;
		if (leave_frame(hit, hit->below + 1))
			break;
	}
	hit->caller = 0;
	hit->frame = 0;
	hit->inner = 0;
}

static __always_inline int rejected(const struct hit *hit, __u64 address, __u32 subject)
{
	__u32 pid = place_of(hit, &address);
	struct verdict_key key = { .address = address, .subject = subject, .pid = pid };
	__u32 *accept = bpf_map_lookup_elem(&verdicts, &key);

	return accept && !*accept;
}

/* x86 register numbers, as in ModRM. */
static __always_inline __u64 register_value(struct regs *ctx, __u32 number)
{
	switch (number) {
	case 0: return REG(ctx, ax);
	case 1: return REG(ctx, cx);
	case 2: return REG(ctx, dx);
	case 3: return REG(ctx, bx);
	case 4: return REG(ctx, sp);
	case 5: return REG(ctx, bp);
	case 6: return REG(ctx, si);
	case 7: return REG(ctx, di);
	case 8: return REG(ctx, r8);
	case 9: return REG(ctx, r9);
	case 10: return REG(ctx, r10);
	case 11: return REG(ctx, r11);
	case 12: return REG(ctx, r12);
	case 13: return REG(ctx, r13);
	case 14: return REG(ctx, r14);
	default: return REG(ctx, r15);
	}
}

static __always_inline void arguments(struct regs *ctx, const volatile struct site_config *site, struct hit *hit)
{
	__u32 shape = site->shape;

	if (shape == SHAPE_INSIDE) {
		hit->map = register_value(ctx, site->exit_register);
		return;
	}
	__u64 a = REG(ctx, ax), b = REG(ctx, bx), c = REG(ctx, cx);

	if (config.sync && shape == SHAPE_SYNC) {
		hit->map = a;
		return;
	}
	hit->map = shape == SHAPE_TYPE_MAP ? b : shape == SHAPE_MAP_TYPE ? a : c;
	hit->type = shape == SHAPE_TYPE_MAP ? a : b;
}

static __always_inline int wanted(const struct hit *hit)
{
	if (config.verdicts && (rejected(hit, hit->caller, SUBJECT_CALLER) ||
				(hit->type && rejected(hit, hit->type, SUBJECT_TYPE)) ||
				rejected(hit, hit->map, SUBJECT_MAP)))
		return 0;
	return 1;
}

/* The first 24 bytes of a type descriptor: size, flags, kind. Go: src/internal/abi/type.go, Type. */
struct type_head {
	__u64 size, ptr_bytes;
	__u32 hash;
	__u8 tflag, align, field_align, kind;
};

#define KIND_MASK 31
#define KIND_INTERFACE 20
#define KIND_STRING 24

static __always_inline struct key_plan *plan_of(const struct hit *hit, __u64 type)
{
	__u32 pid = place_of(hit, &type);
	struct type_key key = { .type = type, .pid = pid };

	return bpf_map_lookup_elem(&key_plans, &key);
}

/* The key lies at key->at and is a Go string. */
static __always_inline void resolve_string(struct key *key)
{
	__u64 header[2];

	key->form = KEY_STRING;
	if (bpf_probe_read_user(header, sizeof(header), (void *)key->at)) {
		key->flags |= FLAG_KEY_UNREADABLE;
		key->at = key->size = 0;
		return;
	}
	key->at = header[0];
	key->size = header[1];
}

/* The key is an interface with these words: go on with what it holds. */
static __always_inline void resolve_words(const struct hit *hit, struct key *key, __u64 type, __u64 data)
{
	struct type_head head;

	key->form = KEY_BYTES;
	key->size = 0;
	key->plan = 0;
	if (!type)
		return; /* a nil interface */
	key->type = type;
	if (bpf_probe_read_user(&head, sizeof(head), (void *)type)) {
		key->flags |= FLAG_KEY_UNREADABLE;
		return;
	}
	key->at = data;
	key->size = head.size;
	__u8 direct = config.type_direct == 20 ? head.tflag : head.kind;
	if (direct & config.type_direct_mask) {
		key->form = KEY_WORD;
		return;
	}
	if ((head.kind & KIND_MASK) == KIND_STRING) {
		resolve_string(key);
		return;
	}
	key->plan = plan_of(hit, key->type);
	if (!key->plan)
		key->flags |= FLAG_KEY_UNPLANNED;
}

/* The key lies at key->at and is an interface. */
static __always_inline void resolve_interface(const struct hit *hit, struct key *key, int with_methods)
{
	__u64 words[2];

	/* The type is the second word of an itab: src/internal/abi/iface.go, ITab. */
	if (bpf_probe_read_user(words, sizeof(words), (void *)key->at) ||
	    (with_methods && words[0] && bpf_probe_read_user(&words[0], 8, (void *)(words[0] + 8)))) {
		key->form = KEY_BYTES;
		key->size = 0;
		key->plan = 0;
		key->flags |= FLAG_KEY_UNREADABLE;
		return;
	}
	resolve_words(hit, key, words[0], words[1]);
}

/* A map type that user space has not told us of yet: its descriptor says size and kind. */
static __always_inline int plan_from_type(__u64 map_type, __u32 *size, __u32 *kind)
{
	__u64 type, methods = 0;
	struct type_head head;

	/* MapType.Key at 48: src/internal/abi/map*.go; InterfaceType.Methods' length at 64: type.go. */
	if (bpf_probe_read_user(&type, 8, (void *)(map_type + 48)) ||
	    bpf_probe_read_user(&head, sizeof(head), (void *)type))
		return -1;
	*size = head.size;
	*kind = WHOLE_BYTES;
	if ((head.kind & KIND_MASK) == KIND_STRING)
		*kind = WHOLE_STRING;
	if ((head.kind & KIND_MASK) == KIND_INTERFACE) {
		if (bpf_probe_read_user(&methods, 8, (void *)(type + 64)))
			return -1;
		*kind = methods ? WHOLE_IFACE : WHOLE_EFACE;
	}
	return 0;
}

static __always_inline void resolve_pointer(const struct hit *hit, struct key *key)
{
	__u32 size = 0, kind = WHOLE_BYTES;

	key->plan = plan_of(hit, hit->type);
	if (key->plan) {
		size = key->plan->size;
		kind = key->plan->kind;
	} else {
		key->flags |= FLAG_KEY_UNPLANNED;
		if (plan_from_type(hit->type, &size, &kind)) {
			key->form = KEY_BYTES;
			key->flags |= FLAG_KEY_UNREADABLE;
			return;
		}
	}
	key->form = KEY_BYTES;
	key->size = size;
	if (kind == WHOLE_STRING)
		resolve_string(key);
	else if (kind == WHOLE_EFACE || kind == WHOLE_IFACE)
		resolve_interface(hit, key, kind == WHOLE_IFACE);
	if (kind != WHOLE_BYTES)
		key->flags &= ~(key->form == KEY_BYTES ? 0 : FLAG_KEY_UNPLANNED);
}

/* Of a growth: the key of the assign that it is a part of. Gives SITE_KEY_*. */
static __always_inline __u32 spilled_key(const struct hit *hit, __u64 *at, __u64 *length)
{
	const volatile struct beyond *inner = &beyond[(hit->inner - 1) & (MAX_BEYOND - 1)];

	if (!hit->inner || !hit->type || inner->key == SITE_KEY_NONE)
		return SITE_KEY_NONE;
	if (bpf_probe_read_user(at, 8, (void *)(hit->below + (__s64)inner->key_at)))
		return SITE_KEY_NONE;
	if (inner->key == SITE_KEY_STRING &&
	    bpf_probe_read_user(length, 8, (void *)(hit->below + (__s64)inner->length_at)))
		return SITE_KEY_NONE;
	if (inner->key == SITE_KEY_WORD4)
		*at = (__u32)*at;
	return inner->key;
}

static __always_inline void resolve_key(struct regs *ctx, const struct hit *hit, const volatile struct site_config *site,
					struct key *key)
{
	__u64 length = REG(ctx, di);
	__u32 source = site->key;

	key->at = REG(ctx, cx);
	if (config.facts && site->beyond)
		source = spilled_key(hit, &key->at, &length);
	if (source == SITE_KEY_WORD4 || source == SITE_KEY_WORD8) {
		key->form = KEY_WORD;
		key->size = source == SITE_KEY_WORD4 ? 4 : 8;
	} else if (source == SITE_KEY_STRING) {
		key->form = KEY_STRING;
		key->size = length;
	} else if (source == SITE_KEY_POINTER) {
		resolve_pointer(hit, key);
	} else if (config.sync && source == SITE_KEY_EFACE_BX) {
		resolve_words(hit, key, REG(ctx, bx), key->at);
	} else if (config.sync && source == SITE_KEY_EFACE_CX) {
		resolve_words(hit, key, key->at, length);
	}
}

static __always_inline void *reserve(__u32 site, __u64 size)
{
	__u32 cpu = bpf_get_smp_processor_id(), zero = 0;
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	void *record = ring ? bpf_ringbuf_reserve(ring, size, 0) : 0;
	__u64 *missed;

	if (record)
		return record;
	bump(site, COUNT_RING_FULL);
	missed = bpf_map_lookup_elem(&lost, &zero);
	if (missed)
		__sync_fetch_and_add(missed, 1);
	return 0;
}

static __always_inline __u32 at_most(__u64 n, __u32 limit)
{
	return n > limit ? limit : n;
}

/* `limit` bounds what is copied; the caller has made room for that much. */
static __always_inline int copy_text(void *to, __u64 from, __u64 size, __u32 limit, __u32 *stored)
{
	__u32 n = at_most(size, limit);

	if (n > config.key_bytes)
		n = config.key_bytes;
	*stored = n;
	if (n == 0 || bpf_probe_read_user(to, n & 511, (void *)from) == 0)
		return 0;
	*stored = 0;
	*(__u64 *)to = from;
	return -1;
}

static __always_inline void chase(struct key_part *part, __u64 at, __u32 kind)
{
	__u64 words[2];
	struct type_head head;

	part->type = part->length = 0;
	part->stored = 0;
	part->state = PART_UNREADABLE;
	*(__u64 *)part->bytes = 0;
	if (bpf_probe_read_user(words, sizeof(words), (void *)at))
		return;
	if (kind != CHASE_STRING) {
		if (!words[0]) {
			part->state = PART_CHASED;
			return;
		}
		if (kind == CHASE_IFACE && bpf_probe_read_user(&words[0], 8, (void *)(words[0] + 8)))
			return;
		part->type = words[0];
		if (bpf_probe_read_user(&head, sizeof(head), (void *)words[0]))
			return;
		__u64 data = words[1];
		words[0] = data;
		words[1] = head.size;
		__u8 direct = config.type_direct == 20 ? head.tflag : head.kind;
		if (direct & config.type_direct_mask) {
			*(__u64 *)part->bytes = data;
			part->length = part->stored = 8;
			part->state = PART_CHASED;
			return;
		}
		if ((head.kind & KIND_MASK) == KIND_STRING &&
		    bpf_probe_read_user(words, sizeof(words), (void *)data))
			return;
	}
	part->length = words[1];
	if (copy_text(part->bytes, words[0], words[1], KEY_PART_MAX, &part->stored) == 0)
		part->state = PART_CHASED;
}

static __always_inline __u8 fill_body(struct key_body *body, const struct key *key, __u16 *stored)
{
	__u32 n = at_most(key->size, KEY_RAW_MAX);

	body->part[0].state = PART_NONE;
	body->part[1].state = PART_NONE;
	*stored = 0;
	if (key->flags & FLAG_KEY_UNREADABLE)
		return 0;
	if (n && bpf_probe_read_user(body->raw, n & 255, (void *)key->at))
		return FLAG_KEY_UNREADABLE;
	*stored = n;
	if (!key->plan)
		return 0;
#pragma unroll
	for (int i = 0; i < MAX_CHASES; i++)
		if (i < key->plan->chases)
			chase(&body->part[i], key->at + key->plan->chase[i].offset, key->plan->chase[i].kind);
	/* By what the record says: the verifier need not tell apart how each of them ended. */
	return body->part[0].state == PART_UNREADABLE || body->part[1].state == PART_UNREADABLE ? FLAG_KEY_UNREADABLE : 0;
}

static __always_inline void fill_key(struct record_head *head, void *area, const struct key *key)
{
	__u32 stored = 0;
	__u16 raw = 0;

	head->key_form = key->form;
	head->key_size = key->size;
	head->key_type = key->type;
	head->flags |= key->flags;
	switch (key->form) {
	case KEY_WORD:
		*(__u64 *)area = key->at;
		stored = 8;
		break;
	case KEY_STRING:
		if (!(key->flags & FLAG_KEY_UNREADABLE)) {
			if (copy_text(area, key->at, key->size, KEY_TEXT_MAX, &stored))
				head->flags |= FLAG_KEY_UNREADABLE;
		} else {
			*(__u64 *)area = 0;
		}
		break;
	case KEY_BYTES:
		head->flags |= fill_body(area, key, &raw);
		stored = raw;
		break;
	}
	head->key_stored = stored;
}

/* Frames beyond the caller, by Go's frame pointers: [RBP] = caller's RBP, [RBP+8] = return address. */
static __always_inline void fill_frames(const struct hit *hit, struct record_head *head, __u64 *frames)
{
	__u64 frame[2], bp = hit->frame, below = hit->below;
	__u32 n = 0;

	for (int i = 0; i < MAX_FRAMES; i++) {
		if (i >= config.frames)
			break;
		if (bp <= below) /* 0 ends the chain; anything else that does not climb is no frame */
			break;
		if (bpf_probe_read_user(frame, sizeof(frame), (void *)bp)) {
			head->flags |= FLAG_STACK_UNREADABLE;
			break;
		}
		if (!frame[1])
			break;
		frames[i] = frame[1];
		n = i + 1;
		below = bp;
		bp = frame[0];
	}
	head->frame_count = n;
}

/* What is wanted of runtime.g. */
struct goroutine {
	__u64 goid, start_pc, stack_lo, stack_hi, labels;
	__u8 flags;
};

/*
 * By one read of all that lies before it: a read of user memory costs 100 ns however short it is. `scratch` is a
 * record that is not filled yet.
 */
static __always_inline void read_goroutine(struct regs *ctx, __u64 *scratch, struct goroutine *g)
{
	__u32 last = config.labels ? config.g_labels : config.g_startpc;
	__u32 size = last + 8;

	if (size > RECORD_HEAD + KEY_AREA || config.g_goid > last || config.g_stack + 8 > last || config.g_startpc > last)
		return;
	if (bpf_probe_read_user(scratch, size, (void *)REG(ctx, r14))) {
		g->flags = FLAG_GOROUTINE_UNREADABLE;
		return;
	}
	g->goid = scratch[config.g_goid / 8];
	g->start_pc = scratch[config.g_startpc / 8];
	g->stack_lo = scratch[config.g_stack / 8];
	g->stack_hi = scratch[config.g_stack / 8 + 1];
	if (config.labels)
		g->labels = scratch[config.g_labels / 8];
}

static __always_inline void fill_goroutine(struct record_head *head, const struct goroutine *g)
{
	head->goid = g->goid;
	head->start_pc = g->start_pc;
	head->flags |= g->flags;
	if (head->map >= g->stack_lo && head->map < g->stack_hi)
		head->flags |= FLAG_MAP_ON_STACK;
}

/* Pointer and length of both texts of a label, as they lie in a slice or in a bucket of a map of strings. */
struct label_words {
	__u64 name, name_length, value, value_length;
};

/* Gives whether it could be read; else its address stands in the text's place. */
static __always_inline int copy_label_text(__u8 *to, __u64 from, __u64 length, __u32 limit)
{
	__u64 n = length > limit ? limit : length;

	/* In all 64 bits: of a copy of 32 the verifier does not know that it is bounded, too. */
	asm volatile("" : "+r"(n));
	if (n == 0 || bpf_probe_read_user(to, n, (void *)from) == 0)
		return 1;
	*(__u64 *)to = from;
	return 0;
}

static __always_inline void fill_label(struct label *label, const struct label_words *words)
{
	label->name_length = at_most(words->name_length, ~0U);
	label->value_length = at_most(words->value_length, ~0U);
	label->state = LABEL_THERE;
	if (!copy_label_text(label->name, words->name, words->name_length, LABEL_NAME_MAX))
		label->state |= LABEL_NAME_UNREADABLE;
	if (!copy_label_text(label->value, words->value, words->value_length, LABEL_VALUE_MAX))
		label->state |= LABEL_VALUE_UNREADABLE;
}

/* From go1.24 on: struct { list []struct { key, value string } }, which nobody changes once it is set. */
static __always_inline int fill_label_list(struct labels *labels, __u64 at, struct label_words *scratch)
{
	__u64 slice[3];

	/* Packages that keep values of goroutines have something else there. */
	if (bpf_probe_read_user(slice, sizeof(slice), (void *)at) || slice[1] > slice[2])
		return -1;
	labels->total = slice[1];
	__u32 n = at_most(slice[1], MAX_LABELS);
	if (n == 0)
		return 0;
	if (bpf_probe_read_user(scratch, (n * sizeof(struct label_words)) & 511, (void *)slice[0]))
		return -1;
	for (int i = 0; i < MAX_LABELS; i++)
		if (i < n)
			fill_label(&labels->label[i], &scratch[i]);
	return 0;
}

/* A bucket of a map[string]string, without what follows upon it. go1.18-1.23 src/runtime/map.go, bmap. */
struct label_bucket {
	__u8 tophash[8];
	__u64 key[8][2];
	__u64 value[8][2];
};

/* The least that bmap.tophash is where an entry stands: minTopHash. */
#define TOPHASH_ENTRY 5

/*
 * Up to go1.23: a map[string]string, which nobody changes once it is set. One of up to eight entries is a single
 * bucket; of a larger one the first bucket is told, and how many there are.
 */
static __always_inline int fill_label_map(struct labels *labels, __u64 at, struct label_bucket *scratch)
{
	__u64 map, header[3];

	if (bpf_probe_read_user(&map, 8, (void *)at))
		return -1;
	if (!map)
		return 0;
	if (bpf_probe_read_user(header, sizeof(header), (void *)map))
		return -1;
	labels->total = header[0];
	if (!header[0])
		return 0;
	if (bpf_probe_read_user(scratch, sizeof(*scratch), (void *)header[2]))
		return -1;
	for (int i = 0; i < MAX_LABELS; i++) {
		struct label_words words = { scratch->key[i][0], scratch->key[i][1], scratch->value[i][0], scratch->value[i][1] };

		if (scratch->tophash[i] >= TOPHASH_ENTRY)
			fill_label(&labels->label[i], &words);
	}
	return 0;
}

static __always_inline void fill_labels(struct labels *labels, __u64 at, void *scratch)
{
	labels->total = 0;
	labels->state = LABELS_READ;
	for (int i = 0; i < MAX_LABELS; i++)
		labels->label[i].state = 0;
	if (config.labels == LABELS_AS_LIST ? fill_label_list(labels, at, scratch) : fill_label_map(labels, at, scratch))
		labels->state = LABELS_UNREADABLE;
}

/* Of the largest record without labels. */
#define MAX_RECORD (RECORD_HEAD + KEY_AREA + FACTS_AREA + 8 * MAX_FRAMES)

/*
 * Few goroutines have labels: only their records have room for them, and that is known late. The record once more, with
 * the labels before its frames, and room behind it to read them into; nothing where that is not to be had.
 */
static __always_inline struct record_head *with_labels(__u32 site, struct record_head *head, __u64 at)
{
	__u32 size = config.record_size, frames = size - 8 * config.frames;
	struct record_head *all = reserve(site, size + LABELS_AREA + sizeof(struct label_bucket));

	if (all)
		for (__u32 i = 0; i < MAX_RECORD; i += 8) {
			__u32 to = i < frames ? i : i + LABELS_AREA;

			if (i >= size)
				break;
			/* Otherwise it becomes a memcpy, which there is none of. */
			asm volatile("" : "+r"(to));
			*(__u64 *)((void *)all + to) = *(__u64 *)((void *)head + i);
		}
	bpf_ringbuf_discard(head, BPF_RB_NO_WAKEUP);
	if (!all)
		return 0;
	all->flags |= FLAG_LABELS;
	fill_labels((void *)all + frames, at, (void *)all + size + LABELS_AREA);
	return all;
}

/* hmap.hash0 is the upper half of the second word, maps.Map.seed all of it. */
static __always_inline __u32 seed_of(__u64 word)
{
	return config.map_writing == 8 ? word >> 32 : word;
}

static __always_inline void use_header(struct record_head *head, const __u64 *header)
{
	head->count = header[0];
	head->seed = seed_of(header[1]);
	__u64 word = config.map_writing == 8 ? header[1] : header[4] >> 16;
	if (word & config.map_writing_mask)
		head->flags |= FLAG_WRITING;
}

static __always_inline void fill_map(struct record_head *head)
{
	__u64 header[5];

	if (!head->map)
		return;
	if (bpf_probe_read_user(header, sizeof(header), (void *)head->map))
		head->flags |= FLAG_COUNT_UNREADABLE;
	else
		use_header(head, header);
}

/* In place of fill_map. */
static __always_inline void fill_facts(struct regs *ctx, struct record_head *head, __u64 table, struct facts *facts)
{
	facts->valid = 0;
	facts->registers[0] = REG(ctx, ax);
	facts->registers[1] = REG(ctx, bx);
	facts->registers[2] = REG(ctx, cx);
	facts->registers[3] = REG(ctx, di);
	facts->registers[4] = REG(ctx, si);
	facts->registers[5] = REG(ctx, r8);
	facts->registers[6] = REG(ctx, r9);
	facts->registers[7] = REG(ctx, r10);
	facts->registers[8] = REG(ctx, r11);
	if (table && !bpf_probe_read_user(facts->table, sizeof(facts->table), (void *)table))
		facts->valid |= FACTS_TABLE;
	if (!head->map)
		return;
	if (bpf_probe_read_user(facts->header, sizeof(facts->header), (void *)head->map)) {
		head->flags |= FLAG_COUNT_UNREADABLE;
		return;
	}
	facts->valid |= FACTS_HEADER;
	use_header(head, facts->header);
}

/*
 * `mark` is what the record says of itself beyond the operation: record.h. With `resolve`, `key` is still to be filled:
 * late, so that the verifier looks at the rest once, and not once for each kind of key.
 */
static __always_inline void emit(struct regs *ctx, const struct hit *hit, struct key *key, int resolve, __u32 mark)
{
	struct record_head *head = reserve(hit->site, config.record_size);
	const volatile struct site_config *site = &sites[hit->site & (MAX_SITES - 1)];
	__u64 table = config.facts && site->table ? register_value(ctx, site->table - 1) : 0;
	struct goroutine g = {};

	if (!head)
		return;
	read_goroutine(ctx, (__u64 *)head, &g);
	void *area = head + 1;
	void *frames = area + KEY_AREA;

	head->time = bpf_ktime_get_ns();
	head->pid = hit->pid;
	head->tid = hit->tid;
	head->probe = hit->site;
	head->kind = RECORD_ENTRY;
	head->flags = hit->flags;
	head->key_form = KEY_NONE;
	head->frame_count = 0;
	head->key_stored = 0;
	head->map = hit->map;
	head->count = head->seed = 0;
	head->mark = mark;
	head->type = hit->type;
	head->caller = hit->caller;
	head->key_size = head->key_type = 0;
	if (config.facts) {
		fill_facts(ctx, head, table, frames);
		frames += FACTS_AREA;
	} else if (config.sync && site->shape == SHAPE_SYNC) {
		head->flags |= FLAG_COUNT_UNREADABLE;
	} else {
		fill_map(head);
	}
	fill_goroutine(head, &g);
	if (config.frames)
		fill_frames(hit, head, frames);
	if (config.key_bytes) {
		if (resolve)
			resolve_key(ctx, hit, site, key);
		fill_key(head, area, key);
	}
	if (config.labels && g.labels) {
		head = with_labels(hit->site, head, g.labels);
		if (!head)
			return;
	}
	if (config.exits && site->exits) {
		__u32 slot = head->goid % OPEN_SLOTS;
		volatile struct open_op *op = bpf_map_lookup_elem(&open, &slot);

		if (op) {
			op->table = table;
			op->goid = head->goid;
		}
	}
	bpf_ringbuf_submit(head, BPF_RB_NO_WAKEUP);
}

#endif
