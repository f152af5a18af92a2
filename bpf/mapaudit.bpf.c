// SPDX-License-Identifier: (Apache-2.0 OR GPL-2.0-only)
/*
 * One program per kind of site. `entry` stands where a map operation begins: it counts the hit, and writes a
 * record of it to the ring of this CPU. `exit` stands where a write has done its work: it writes the new
 * number of entries. Nothing here faults a page in, waits, or writes to the program that is watched.
 *
 * Loaded by src/probe/kernel; built by scripts/build_bpf.mjs.
 */
#include "hit.h"

struct counter_key {
	__u64 map, type, caller;
	__u32 site, pid;
};

/* A counter of one CPU. Once ready it keeps its key for good, so that a hit only compares and adds. */
struct counter_slot {
	struct counter_key key;
	__u64 count;
	__u64 state; /* SLOT_* */
	__u64 pad[2];
};

enum { SLOT_FREE = 0, SLOT_CLAIMED = 1, SLOT_READY = 2 };

/* config.counter_slots for each CPU up to the last one that is online; the loader sets max_entries. User space maps it and reads along. */
struct bpf_map_def SEC("maps") counter_slots = { BPF_MAP_TYPE_ARRAY, 4, sizeof(struct counter_slot), 1, BPF_F_MMAPABLE };
/* What finds no slot, or runs on a CPU that came later. */
struct bpf_map_def SEC("maps") counters = { BPF_MAP_TYPE_PERCPU_HASH, sizeof(struct counter_key), 8, 65536, BPF_F_NO_PREALLOC };

/* Whether the memory of the key is, or begins with, that of the value asked for, in the bits that count. */
static __always_inline int value_matches(const struct key *key)
{
	__u64 value[KEY_FILTER_MAX / 8] = {};
	const volatile __u64 *wanted = (const volatile __u64 *)config.key_filter;
	const volatile __u64 *mask = (const volatile __u64 *)config.key_mask;
	__u32 length = config.key_filter_len;

	if (key->form == KEY_STRING || key->size < length || length > KEY_FILTER_MAX)
		return 0;
	if (config.key_filter_exact && key->size != length)
		return 0;
	if (key->form == KEY_WORD)
		value[0] = key->at;
	else if (bpf_probe_read_user(value, length, (void *)key->at))
		return 1;
	for (int i = 0; i < KEY_FILTER_MAX / 8; i++)
		if ((value[i] ^ wanted[i]) & mask[i])
			return 0;
	return 1;
}

/* Whether the key is, or begins with, the text that was asked for. A text out of memory's reach passes. */
static __always_inline int key_matches(const struct key *key)
{
	__u8 text[KEY_FILTER_MAX] = {};
	__u32 length = config.key_filter_len;

	if (key->form != KEY_STRING || key->size < length)
		return 0;
	if (config.key_filter_exact && key->size != length)
		return 0;
	if (length > KEY_FILTER_MAX)
		return 0;
	if (bpf_probe_read_user(text, length, (void *)key->at))
		return 1;
	for (int i = 0; i < KEY_FILTER_MAX; i++) {
		if (i >= length)
			break;
		if (text[i] != config.key_filter[i])
			return 0;
	}
	return 1;
}

static __always_inline int same_counter(const struct counter_key *a, const struct counter_key *b)
{
	return a->map == b->map && a->caller == b->caller && a->type == b->type && a->site == b->site &&
	       a->pid == b->pid;
}

/*
 * Programs make more maps than there is room for: what finds no slot is counted for all further maps together,
 * by type and caller. What does not fit even here stands in site_counts alone.
 */
static __always_inline void count_without_map(struct counter_key *key)
{
	__u64 zero = 0, *value;

	key->map = 0;
#pragma unroll
	for (int attempt = 0; attempt < 2; attempt++) {
		value = bpf_map_lookup_elem(&counters, key);
		if (value) {
			__sync_fetch_and_add(value, 1);
			return;
		}
		bpf_map_update_elem(&counters, key, &zero, BPF_NOEXIST);
	}
}

static __always_inline void count(const struct hit *hit)
{
	struct counter_key key = {
		.map = hit->map, .type = hit->type, .caller = hit->caller, .site = hit->site,
		.pid = config.by_process ? hit->pid : 0,
	};
	__u64 hash = ((hit->map >> 3) ^ (hit->caller << 20) ^ hit->site) * 0x9e3779b97f4a7c15ULL;
	__u32 first = bpf_get_smp_processor_id() * config.counter_slots;

#pragma unroll
	for (int probe = 0; probe < 4; probe++) {
		__u32 index = first + (((__u32)(hash >> 40) + probe) & (config.counter_slots - 1));
		struct counter_slot *slot = bpf_map_lookup_elem(&counter_slots, &index);

		if (!slot)
			break;
		__u64 state = *(volatile __u64 *)&slot->state;
		if (state == SLOT_READY && same_counter(&slot->key, &key)) {
			__sync_fetch_and_add(&slot->count, 1);
			return;
		}
		if (state == SLOT_FREE && __sync_val_compare_and_swap(&slot->state, SLOT_FREE, SLOT_CLAIMED) == SLOT_FREE) {
			slot->key = key;
			slot->count = 1;
			*(volatile __u64 *)&slot->state = SLOT_READY;
			return;
		}
	}
	count_without_map(&key);
}

static __always_inline int sampled_out(const struct control *c)
{
	if (!c || c->sample_every == 0)
		return 1;
	if (c->sample_every == 1)
		return 0;
	/* By chance: every Nth hit of a program that repeats itself may always be the same operation. */
	return bpf_get_prandom_u32() % c->sample_every != 0;
}

SEC("uprobe/entry")
int on_entry(struct regs *ctx)
{
	struct hit hit = { .site = bpf_get_attach_cookie(ctx) & (MAX_SITES - 1) };
	struct key key = {};
	const volatile struct site_config *site = &sites[hit.site];

	if (stopped(STOPPED_ENTRIES))
		return 0;
	if (site->skip_restarts && (REG(ctx, flags) & CARRY_OR_ZERO)) {
		bump(hit.site, COUNT_IGNORED);
		return 0;
	}
	/* What one asks for by number first: all others then cost no read of user memory, or one. */
	arguments(ctx, site, &hit);
	if (config.has_map && hit.map != config.map)
		return 0;
	if (config.has_goid) {
		if (bpf_probe_read_user(&hit.goid, 8, (void *)(REG(ctx, r14) + config.g_goid)))
			return 0; /* nothing says that it is that goroutine */
		if (hit.goid != config.goid)
			return 0;
	}
	hit.frame = REG(ctx, bp);
	hit.below = REG(ctx, sp);
	if (site->shape == SHAPE_INSIDE)
		leave_frame(&hit, hit.below); /* without locals, RSP and RBP are the same */
	else if (bpf_probe_read_user(&hit.caller, 8, (void *)hit.below))
		hit.flags |= FLAG_STACK_UNREADABLE;
	if (site->parts && is_part(site, hit.caller - REG(ctx, ip))) {
		bump(hit.site, COUNT_IGNORED);
		return 0;
	}
	if (site->beyond)
		climb(&hit, site->address - REG(ctx, ip));
	if (config.by_process || (config.mode & MODE_EVENTS))
		who(&hit);
	if (config.by_process)
		hit.bias = REG(ctx, ip) - site->address;
	if (!wanted(&hit))
		return 0;
	if (config.note_bias)
		note_bias(&hit);
	if (config.key_filter_len && !site->keyless) {
		resolve_key(ctx, &hit, site, &key);
		if (config.key_is_value ? !value_matches(&key) : !key_matches(&key))
			return 0;
	}
	bump(hit.site, COUNT_HITS);
	if (config.mode & MODE_COUNTS)
		count(&hit);
	if (!(config.mode & MODE_EVENTS))
		return 0;
	__u32 zero = 0;
	struct control *c = bpf_map_lookup_elem(&control, &zero);

	if (sampled_out(c)) {
		bump(hit.site, COUNT_SAMPLED_OUT);
		return 0;
	}
	emit(ctx, &hit, &key, !config.key_filter_len && !(c && c->no_keys), 0);
	return 0;
}

SEC("uprobe/exit")
int on_exit(struct regs *ctx)
{
	struct hit hit = { .site = bpf_get_attach_cookie(ctx) & (MAX_SITES - 1) };
	struct record_head *head;

	if (stopped(STOPPED_ALL))
		return 0;
	hit.map = register_value(ctx, sites[hit.site].exit_register);
	/* Where the map is lost, that its entry is open says that it is wanted. */
	if (config.has_map && hit.map != config.map && !sites[hit.site].map_lost)
		return 0;
	if (bpf_probe_read_user(&hit.goid, 8, (void *)(REG(ctx, r14) + config.g_goid)))
		return 0;
	__u32 slot = hit.goid % OPEN_SLOTS;
	volatile struct open_op *op = bpf_map_lookup_elem(&open, &slot);
	if (!op || op->goid != hit.goid)
		return 0;
	op->goid = 0;
	if (sites[hit.site].table)
		hit.map = op->table;
	else if (sites[hit.site].map_lost)
		hit.map = 0;
	who(&hit);
	head = reserve(hit.site, EXIT_RECORD);
	if (!head)
		return 0;
	head->time = bpf_ktime_get_ns();
	head->pid = hit.pid;
	head->tid = hit.tid;
	head->probe = hit.site;
	head->kind = RECORD_EXIT;
	head->flags = 0;
	head->key_form = KEY_NONE;
	head->frame_count = 0;
	head->key_stored = 0;
	head->map = hit.map;
	head->goid = hit.goid;
	__u64 header[2] = {};
	if (!hit.map || bpf_probe_read_user(header, sizeof(header), (void *)hit.map))
		head->flags |= FLAG_COUNT_UNREADABLE;
	head->count = header[0];
	head->seed = seed_of(header[1]);
	bpf_ringbuf_submit(head, BPF_RB_NO_WAKEUP);
	return 0;
}

/* The floor of every measurement: a probe that does nothing. */
SEC("uprobe/empty")
int on_empty(struct regs *ctx)
{
	return 0;
}
