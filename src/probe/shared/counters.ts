import type { KernelCounter } from '../../model/probe.ts';
import { ROW, SHARED_P, TABLE } from './layout.ts';

const TWO_32 = 0x1_0000_0000;

/** The counters of all Ps, added up. */
export class PCounters {
  readonly #words: Uint32Array;
  readonly #rows: number;
  /** Where the used Ps begin, in bytes. */
  readonly #places: () => readonly number[];

  /** `rows`: of each P's table. */
  constructor(bytes: Uint8Array, rows: number, places: () => readonly number[]) {
    this.#rows = rows;
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
    this.#places = places;
  }

  /** `rest`: hits of a site for which a P's table had no room; they are counted without map and caller. */
  read(pid: number, sites: readonly number[], rest: (site: number) => number): KernelCounter[] {
    const sums = new Map<string, KernelCounter>();
    for (const place of this.#places()) this.#addP(place, pid, sums);
    const counters = [...sums.values()];
    for (const site of sites) {
      const count = rest(site);
      if (count > 0) counters.push({ pid, site, type: 0, map: 0, caller: 0, count });
    }
    return counters;
  }

  #addP(place: number, pid: number, sums: Map<string, KernelCounter>): void {
    for (let i = 0; i < this.#rows; i++) {
      const row = (place + SHARED_P.bytes + i * TABLE.rowBytes) / 4;
      const site = this.#words[row] ?? 0;
      if (site === 0) continue;
      const type = this.#wide(row + ROW.type / 4);
      const map = this.#wide(row + ROW.map / 4);
      const caller = this.#wide(row + ROW.caller / 4);
      const name = `${site} ${type} ${map} ${caller}`;
      const count = this.#wide(row + ROW.count / 4) + (sums.get(name)?.count ?? 0);
      sums.set(name, { pid, site: site - 1, type, map, caller, count });
    }
  }

  #wide(word: number): number {
    return (this.#words[word + 1] ?? 0) * TWO_32 + (this.#words[word] ?? 0);
  }
}
