// SPDX-License-Identifier: (Apache-2.0 OR GPL-2.0-only)
/*
 * Runs at each hit of a watchpoint, in the trap itself: says which goroutine it is and what the place holds now.
 * The sample of perf that follows has the rest. The two find each other by registers and time.
 *
 * Loaded by src/probe/watch; built by scripts/build_bpf.mjs.
 */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* struct pt_regs of x86-64 and what follows it in struct bpf_perf_event_data: include/uapi/linux/bpf_perf_event.h. */
struct context {
	__u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	__u64 orig_ax, ip, cs, flags, sp, ss;
	__u64 sample_period, addr;
};

struct bpf_map_def {
	__u32 type, key_size, value_size, max_entries, map_flags;
};

/* max_entries is in bytes. */
struct bpf_map_def SEC("maps") witnesses = { BPF_MAP_TYPE_RINGBUF, 0, 0, 1 << 20, 0 };

/* Flags of a witness. */
enum { HAS_GOID = 1, HAS_WORD = 2 };

struct witness {
	__u64 time, address, ip, sp, r14, goid, word;
	__u64 flags;
};

SEC("perf_event")
int witness(struct context *ctx)
{
	struct witness found = {};
	__u64 stack[2];
	/* The cookie is where runtime.g has its goid. */
	__u64 goid_at = bpf_get_attach_cookie(ctx);

	/* In the kernel, on behalf of the program: these registers are not the program's. */
	if ((ctx->cs & 3) != 3)
		return 1;
	found.time = bpf_ktime_get_ns();
	found.address = ctx->addr;
	found.ip = ctx->ip;
	found.sp = ctx->sp;
	found.r14 = ctx->r14;
	/* A goroutine is known by its stack: outside of Go's own code r14 may be anything. */
	if (!bpf_probe_read_user(stack, sizeof(stack), (void *)found.r14) &&
	    stack[0] <= found.sp && found.sp < stack[1] &&
	    !bpf_probe_read_user(&found.goid, 8, (void *)(found.r14 + goid_at)))
		found.flags |= HAS_GOID;
	/* Eight aligned bytes hold every place, and never reach into the next page. */
	if (!bpf_probe_read_user(&found.word, 8, (void *)(found.address & ~7ULL)))
		found.flags |= HAS_WORD;
	/* Without room for this the sample is not written either: it counts as lost. */
	return bpf_ringbuf_output(&witnesses, &found, sizeof(found), BPF_RB_NO_WAKEUP) == 0;
}
