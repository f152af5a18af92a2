import type { Closable } from '../../base/dispose.ts';
import type { KernelCounter, SiteCount } from '../../model/probe.ts';
import { lookupBatch, lookupElement } from '../../sys/bpf.ts';
import { possibleCpus } from '../../sys/cpus.ts';
import type { Fd } from '../../sys/fd.ts';
import { MemoryMap } from '../../sys/memory_map.ts';
import { u32 } from './maps.ts';

/** struct counter_slot: key (map, type, caller, site and pid), count, state. In 32-bit words. */
const SLOT_BYTES = 64;
const WORDS = SLOT_BYTES / 4;
const COUNT_WORD = 8;
const STATE_WORD = 10;
const SLOT_READY = 2;
const KEY_BYTES = 32;
const TWO_32 = 2 ** 32;
const BATCH = 4096;

/** The kernel's exact counters, by map, type, caller, site and process. */
export class KernelCounters implements Closable {
  readonly #slots: MemoryMap;
  readonly #words: Uint32Array;
  readonly #hash: Fd;
  readonly #cpus = possibleCpus();

  /** `count`: how many slots there are. */
  constructor(slots: Fd, count: number, hash: Fd) {
    this.#slots = MemoryMap.of(slots, 'read', 0, count * SLOT_BYTES);
    this.#words = new Uint32Array(this.#slots.bytes.buffer);
    this.#hash = hash;
  }

  /** All counters; one that several CPUs have appears once for each of them. */
  read(): KernelCounter[] {
    if (this.#slots.bytes.length === 0) throw new Error('internal: counters read after close');
    const found = this.#readHash();
    const words = this.#words;
    for (let at = 0; at < words.length; at += WORDS) {
      if (words[at + STATE_WORD] === SLOT_READY)
        found.push(counterAt(words, at, u64(words, at + COUNT_WORD)));
    }
    return found;
  }

  close(): void {
    this.#slots.close();
  }

  #readHash(): KernelCounter[] {
    const found: KernelCounter[] = [];
    const cursor = new Uint8Array(4);
    const keys = new Uint8Array(BATCH * KEY_BYTES);
    const values = new Uint8Array(BATCH * 8 * this.#cpus);
    const keyWords = new Uint32Array(keys.buffer);
    const valueWords = new Uint32Array(values.buffer);
    for (let first = true, done = false; !done; first = false) {
      const batch = lookupBatch(this.#hash, cursor, first, keys, values, BATCH);
      for (let i = 0; i < batch.count; i++) {
        let count = 0;
        for (let cpu = 0; cpu < this.#cpus; cpu++) count += u64(valueWords, (i * this.#cpus + cpu) * 2);
        if (count > 0) found.push(counterAt(keyWords, i * (KEY_BYTES / 4), count));
      }
      done = batch.done;
    }
    return found;
  }
}

/**
 * The counters, and for each site one more for hits that found no room in any of them: their sum is exact. The
 * sites' totals must have been read before the counters, so that hits in between are not taken for such;
 * `least` keeps what was known before, so that no counter ever falls.
 */
export function withRest(
  counters: KernelCounter[],
  sites: readonly SiteCount[],
  least: Map<number, number>,
): KernelCounter[] {
  const counted = new Map<number, number>();
  for (const { site, count } of counters) counted.set(site, (counted.get(site) ?? 0) + count);
  for (const { site, hits } of sites) {
    const rest = Math.max(least.get(site) ?? 0, hits - (counted.get(site) ?? 0));
    least.set(site, rest);
    if (rest > 0) counters.push({ pid: 0, site, type: 0, map: 0, caller: 0, count: rest });
  }
  return counters;
}

/** Totals of each site: hits, sampled out, ring full, ignored. One call for all. */
export function readSiteCounts(map: Fd, sites: readonly number[]): SiteCount[] {
  const cpus = possibleCpus();
  const most = 4 * (Math.max(-1, ...sites) + 1);
  const words = new Uint32Array(most * cpus * 2);
  if (most > 0) {
    const values = new Uint8Array(words.buffer);
    const { count } = lookupBatch(map, new Uint8Array(4), true, new Uint8Array(most * 4), values, most);
    if (count !== most) throw new Error(`internal: ${count} of ${most} site counts`);
  }
  const total = (index: number): number => {
    let sum = 0;
    for (let cpu = 0; cpu < cpus; cpu++) sum += u64(words, (index * cpus + cpu) * 2);
    return sum;
  };
  return sites.map((site) => ({
    site,
    hits: total(site * 4),
    sampledOut: total(site * 4 + 1),
    ringFull: total(site * 4 + 2),
    ignored: total(site * 4 + 3),
  }));
}

/** One number of a per-CPU array, over all CPUs. */
export function readTotal(map: Fd, index = 0): number {
  const values = new Uint8Array(possibleCpus() * 8);
  if (!lookupElement(map, u32(index), values)) return 0;
  const words = new Uint32Array(values.buffer);
  let sum = 0;
  for (let at = 0; at < words.length; at += 2) sum += u64(words, at);
  return sum;
}

function counterAt(words: Uint32Array, at: number, count: number): KernelCounter {
  return {
    map: u64(words, at),
    type: u64(words, at + 2),
    caller: u64(words, at + 4),
    site: words[at + 6] ?? 0,
    pid: words[at + 7] ?? 0,
    count,
  };
}

const u64 = (words: Uint32Array, at: number): number => (words[at + 1] ?? 0) * TWO_32 + (words[at] ?? 0);
