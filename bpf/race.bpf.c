// SPDX-License-Identifier: (Apache-2.0 OR GPL-2.0-only)
/*
 * Finds races on maps by a software watchpoint. An operation on a map that changes hands is held for some
 * microseconds where it begins, with the map's address in sight of all others. An operation of another goroutine
 * that begins on the same map meanwhile, one of the two a write, is a race: both stand at the beginning, so neither
 * can have waited for the other, and while both hold it the map can neither be freed nor moved.
 *
 * Reads are held too: of a reader without the lock and a writer with it, holding the writer keeps whoever asks for
 * the lock before he reads away, and would never show the two together.
 *
 * A race must not come to its crash because of this. So the one that waits is let go only when the probe is done with
 * whoever came upon it, and that operation has had the time to end; and a map whose race is told is never watched again.
 *
 * Loaded by src/probe/race; built by scripts/build_bpf.mjs.
 */
#include "hit.h"
#include "race.h"

/* The operation that waits: one at a time. `number` is odd while it does. */
struct watch {
	__u64 map, goid, write, number;
	__u64 met_at;   /* when the probe was last done with another that came */
	__u64 inside;   /* how many came that the probe is not done with yet */
	__u64 met;      /* how many came */
	__u64 lock;
	__u64 next;     /* none waits before that time … */
	__u64 gap;      /* … nor, of maps that were often watched in vain, for some of these after it */
	__u64 shared_next; /* no map that several write to is told of before */
};

/* What is remembered of a map: a place for each, by its address; what is crowded out is only found later. */
struct owner {
	__u64 map;
	__u64 goid;   /* who used it last */
	__u64 writer; /* who wrote to it last */
	__u64 told;   /* who was in the last record of writes by several: the next is another's */
	__u32 watches;
	__u8 moves;   /* how often another used it than the one before */
	__u8 shared;  /* records of writes by several */
	__u8 writing; /* records of finding it marked "being written" */
	__u8 reported;
};

struct bpf_map_def SEC("maps") watch = { BPF_MAP_TYPE_ARRAY, 4, sizeof(struct watch), 1, 0 };
struct bpf_map_def SEC("maps") owners = { BPF_MAP_TYPE_ARRAY, 4, sizeof(struct owner), OWNERS, 0 };
/* Maps whose race was told, by address: also when their place in `owners` went to another. */
struct bpf_map_def SEC("maps") reported = { BPF_MAP_TYPE_LRU_HASH, 8, 4, 65536, 0 };
struct bpf_map_def SEC("maps") race_control = { BPF_MAP_TYPE_ARRAY, 4, sizeof(struct race_control), 1, 0 };
struct bpf_map_def SEC("maps") race_spent = { BPF_MAP_TYPE_ARRAY, 4, sizeof(struct race_spent), 1, 0 };

const volatile struct race_config race SEC(".rodata") = {};

/* Records of each kind that one map gets; what comes after says nothing new. */
#define SHARED_MAX 8
#define WRITING_MAX 4
/* Nanoseconds between two records of maps that several write to, whichever maps. */
#define SHARED_GAP 500000
/* Partners of one watch that are told. */
#define MET_MAX 8
/* 16 watches in vain make a map wait for another gap, up to three. */
#define TIRED_SHIFT 4
#define TIRED_MAX 3
/* Looks at the clock of one wait: the verifier walks through each of them. */
#define LOOKS 2000
#define LAST_LOOKS 400

#define NOW(field) (*(volatile __u64 *)&(field))

static __always_inline int begin(struct regs *ctx, struct hit *hit)
{
	const volatile struct site_config *site = &sites[hit->site];

	arguments(ctx, site, hit);
	if (!hit->map || (config.has_map && hit->map != config.map))
		return -1;
	hit->frame = REG(ctx, bp);
	hit->below = REG(ctx, sp);
	if (site->parts) {
		if (bpf_probe_read_user(&hit->caller, 8, (void *)hit->below))
			return -1;
		if (is_part(site, hit->caller - REG(ctx, ip)))
			return -1;
	}
	if (config.verdicts && hit->type && rejected(hit, hit->type, SUBJECT_TYPE))
		return -1;
	/* Without a goroutine nothing can be said of who it is. */
	return bpf_probe_read_user(&hit->goid, 8, (void *)(REG(ctx, r14) + config.g_goid)) || !hit->goid ? -1 : 0;
}

static __always_inline void tell(struct regs *ctx, struct hit *hit, __u32 mark)
{
	struct key key = {};
	__u32 site = hit->site;

	who(hit);
	/* The compiler knows how large it is, the verifier has forgotten. */
	asm volatile("" : "+r"(site));
	site &= MAX_SITES - 1;
	hit->site = site;
	hit->flags = 0;
	if (!hit->caller && bpf_probe_read_user(&hit->caller, 8, (void *)hit->below))
		hit->flags |= FLAG_STACK_UNREADABLE;
	emit(ctx, hit, &key, 1, mark);
}

static __always_inline __u32 mark_of(__u64 number, __u32 why)
{
	return ((__u32)number << MARK_BITS) | why;
}

/*
 * Whether an operation of another goroutine waits on this map now, one of the two a write, and which. That one is not
 * let go before `leave`.
 */
static __always_inline __u64 waiting(struct watch *w, const struct hit *hit, int write)
{
	__u64 number = NOW(w->number);

	if (!(number & 1) || NOW(w->map) != hit->map || NOW(w->goid) == hit->goid || !(write | NOW(w->write)))
		return 0;
	__sync_fetch_and_add(&w->inside, 1);
	/* Nothing of it was the next one's, and it has seen that another is inside. */
	if (NOW(w->number) == number)
		return number;
	__sync_fetch_and_add(&w->inside, -1);
	return 0;
}

/* What takes long is over: from now on it is a matter of the operation alone. */
static __always_inline void leave(struct watch *w)
{
	NOW(w->met_at) = bpf_ktime_get_ns();
	__sync_fetch_and_add(&w->inside, -1);
}

static __always_inline void remember(__u64 map)
{
	__u32 yes = 1;

	bpf_map_update_elem(&reported, &map, &yes, BPF_ANY);
}

/* When whoever came is over with the operation: far away while the probe is not done with one. Without a branch. */
static __always_inline __u64 until_left(struct watch *w)
{
	return NOW(w->met_at) + race.quiet + (NOW(w->inside) << 40);
}

/* Holds the operation. Gives how many came meanwhile. */
static __always_inline __u64 wait(struct watch *w, const struct hit *hit, int write, __u64 pace, struct race_spent *spent)
{
	__u64 began = bpf_ktime_get_ns(), end = began + race.wait, last = began + race.longest, now = began, took;

	w->met = w->met_at = 0;
	w->goid = hit->goid;
	w->write = write;
	w->map = hit->map;
	__sync_fetch_and_add(&w->number, 1);
	for (int i = 0; i < LOOKS; i++) {
		__u64 met, until;

		/* Several looks a turn: turns are what the verifier counts. */
		bpf_ktime_get_ns();
		bpf_ktime_get_ns();
		bpf_ktime_get_ns();
		now = bpf_ktime_get_ns();
		met = until_left(w);
		/* The later of both, and no later than the last moment, without a branch. */
		until = end > met ? end : met;
		until = until < last ? until : last;
		if (now >= until)
			break;
	}
	__sync_fetch_and_add(&w->number, 1);
	/* No one else is met from now on. Whoever came at the last moment is waited for, too. */
	for (int i = 0; i < LAST_LOOKS; i++) {
		__u64 until = until_left(w);

		bpf_ktime_get_ns();
		until = until < last ? until : last;
		if (bpf_ktime_get_ns() >= until)
			break;
	}
	took = bpf_ktime_get_ns() - began;
	w->gap = took * pace;
	w->next = began + took + w->gap;
	__sync_fetch_and_add(&spent->nanoseconds, took);
	spent->watches++;
	if (took > spent->longest)
		spent->longest = took;
	return NOW(w->met);
}

/* Whether the budget has room for a wait on this map now. */
static __always_inline int affordable(const struct watch *w, const struct owner *o, const struct race_control *c,
				      const struct race_spent *spent)
{
	__u64 now, tired = o->watches >> TIRED_SHIFT;

	if (NOW(spent->nanoseconds) + race.wait > NOW(c->allowed))
		return 0;
	now = bpf_ktime_get_ns();
	if (now < NOW(w->next))
		return 0;
	if (tired > TIRED_MAX)
		tired = TIRED_MAX;
	return now >= NOW(w->next) + tired * NOW(w->gap);
}

static __always_inline int is_written(const struct hit *hit)
{
	__u64 header[5], word;

	if (bpf_probe_read_user(header, sizeof(header), (void *)hit->map))
		return 0;
	word = config.map_writing == 8 ? header[1] : header[4] >> 16;
	return (word & config.map_writing_mask) != 0;
}

/* A new map at this place; another's place is taken now and then only, so that two of them do not both lose it. */
static __always_inline void settle(struct owner *o, const struct hit *hit, int write)
{
	if (o->map && (bpf_get_prandom_u32() & 15))
		return;
	o->goid = hit->goid;
	o->writer = write ? hit->goid : 0;
	o->told = 0;
	o->watches = 0;
	o->moves = o->shared = o->writing = o->reported = 0;
	o->map = hit->map;
}

/* Every second watch is a write's. A read can race only where another goroutine has written. */
static __always_inline int takes_turn(const struct watch *w, const struct owner *o, const struct hit *hit, int write)
{
	return write || ((NOW(w->number) & 2) && o->writer && o->writer != hit->goid);
}

static __always_inline int may_share(struct watch *w, struct owner *o, __u64 writer, __u64 goid)
{
	__u64 now;

	if (!writer || writer == goid || o->told == goid || o->moves < race.moves || o->shared >= SHARED_MAX)
		return 0;
	now = bpf_ktime_get_ns();
	if (now < NOW(w->shared_next))
		return 0;
	w->shared_next = now + SHARED_GAP;
	o->told = goid;
	o->shared++;
	return 1;
}

SEC("uprobe/race")
int on_race(struct regs *ctx)
{
	struct hit hit = { .site = bpf_get_attach_cookie(ctx) & (MAX_SITES - 1) };
	__u32 zero = 0, why = 0, index;
	__u64 met, number, writer;
	struct watch *w = bpf_map_lookup_elem(&watch, &zero);
	struct race_control *c = bpf_map_lookup_elem(&race_control, &zero);
	struct race_spent *spent = bpf_map_lookup_elem(&race_spent, &zero);
	struct owner *o;
	int write = race.role[hit.site] == ROLE_WRITE;

	if (!w || !c || !spent || stopped(STOPPED_ENTRIES))
		return 0;
	if (sites[hit.site].skip_restarts && (REG(ctx, flags) & CARRY_OR_ZERO))
		return 0;
	if (begin(ctx, &hit))
		return 0;
	bump(hit.site, COUNT_HITS);
	index = (hit.map >> 3) * 0x9e3779b97f4a7c15ULL >> 50; /* log2 of OWNERS bits are left */
	o = bpf_map_lookup_elem(&owners, &index);
	if (!o)
		return 0;
	met = waiting(w, &hit, write);
	if (met) {
		__sync_fetch_and_add(&spent->met, 1);
		if (o->map == hit.map)
			o->reported = 1;
		if (__sync_fetch_and_add(&w->met, 1) < MET_MAX) {
			remember(hit.map);
			why = mark_of(met, MARK_MET);
		}
	} else if (o->map != hit.map) {
		settle(o, &hit, write);
		return 0;
	} else {
		writer = o->writer;
		if (write && writer != hit.goid)
			o->writer = hit.goid;
		if (o->goid != hit.goid) {
			o->goid = hit.goid;
			if (o->moves < 255)
				o->moves++;
			if (o->writing < WRITING_MAX && is_written(&hit)) {
				o->writing++;
				why = MARK_WRITING;
			}
		}
		if (!why && takes_turn(w, o, &hit, write) && !o->reported && o->moves >= race.moves && affordable(w, o, c, spent) &&
		    !bpf_map_lookup_elem(&reported, &hit.map) && !__sync_val_compare_and_swap(&w->lock, 0, 1)) {
			if (o->watches < 0xffff)
				o->watches++;
			number = NOW(w->number) + 1;
			if (wait(w, &hit, write, NOW(c->pace), spent))
				why = mark_of(number, MARK_WATCHED);
			__sync_lock_test_and_set(&w->lock, 0);
		}
		if (!why && write && may_share(w, o, writer, hit.goid))
			why = MARK_SHARED;
	}
	if (why)
		tell(ctx, &hit, why);
	if (met)
		leave(w);
	return 0;
}
