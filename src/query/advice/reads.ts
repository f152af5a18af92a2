import type { KernelCounter } from '../../model/probe.ts';
import type { ProbeSite } from '../../model/probe_plan.ts';
import { RECORD_ENTRY } from '../../model/record.ts';
import type { TracedBatch } from '../../stream/traced_batch.ts';

/** Reads of one map from one place. */
export interface ReadCount {
  readonly function: string;
  /** A return address. */
  readonly address: number;
  readonly count: number;
}

/** More goroutines of one map are not told apart. */
const MOST_GOROUTINES = 64;
const NOBODY: ReadonlySet<number> = new Set();

/** Reads of maps: counted in the kernel, with a sample of them that tells who reads. */
export class Reads {
  readonly #readers = new Map<number, Set<number>>();
  readonly #names: readonly string[];

  constructor(sites: readonly ProbeSite[]) {
    const names: string[] = [];
    for (const site of sites) names[site.index] = site.function;
    this.#names = names;
  }

  take(batch: TracedBatch): void {
    for (let row = 0; row < batch.length; row++) {
      if (batch.kind[row] !== RECORD_ENTRY) continue;
      const map = batch.map[row] ?? 0;
      let readers = this.#readers.get(map);
      if (readers === undefined) this.#readers.set(map, (readers = new Set()));
      if (readers.size < MOST_GOROUTINES) readers.add(batch.goid[row] ?? 0);
    }
  }

  /** Goroutines of the sample that read the map at an address: there were at least so many. */
  readers(map: number): ReadonlySet<number> {
    return this.#readers.get(map) ?? NOBODY;
  }

  /** By the map's address, from the kernel's counters. */
  byMap(
    counters: readonly KernelCounter[],
  ): ReadonlyMap<number, readonly (ReadCount & { readonly type: number })[]> {
    const maps = new Map<number, (ReadCount & { readonly type: number })[]>();
    for (const { map, site, caller, count, type } of counters) {
      if (map === 0) continue;
      const read = { function: this.#names[site] ?? '', address: caller, count, type };
      const known = maps.get(map);
      // The kernel counts for each CPU.
      const same = known?.findIndex((one) => one.address === caller && one.function === read.function) ?? -1;
      const before = known?.[same];
      if (known === undefined) maps.set(map, [read]);
      else if (before === undefined) known.push(read);
      else known[same] = { ...before, count: before.count + count };
    }
    return maps;
  }
}
