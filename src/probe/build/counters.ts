import type { KernelCounter } from '../../model/probe.ts';
import { bytesOfP, P, PS_AT, ROW, TABLE } from './layout.ts';
import type { SharedShape } from './shared_file.ts';
import { HOOK_SITES } from './sites.ts';

/** The counters of all Ps, added up. */
export class PCounters {
  readonly #words: DataView;
  readonly #shape: SharedShape;

  constructor(words: DataView, shape: SharedShape) {
    this.#words = words;
    this.#shape = shape;
  }

  /** Of so many Ps. `rest`: hits of a site for which a P's table had no room; they are counted without map and caller. */
  read(pid: number, ps: number, rest: (site: number) => number): KernelCounter[] {
    const sums = new Map<string, KernelCounter>();
    for (let p = 0; p < ps; p++) this.#addP(p, pid, sums);
    const counters = [...sums.values()];
    for (const { index } of HOOK_SITES) {
      const count = rest(index);
      if (count > 0) counters.push({ pid, site: index, type: 0, map: 0, caller: 0, count });
    }
    return counters;
  }

  #addP(p: number, pid: number, sums: Map<string, KernelCounter>): void {
    const at = PS_AT + p * bytesOfP(this.#shape.slots, this.#shape.stride);
    for (let i = 0; i < TABLE.rows; i++) {
      const row = at + P.bytes + i * TABLE.rowBytes;
      const site = this.#number(row + ROW.site);
      if (site === 0) continue;
      const [type, map, caller] = [ROW.type, ROW.map, ROW.caller].map((field) => this.#number(row + field));
      const name = `${site} ${type} ${map} ${caller}`;
      const count = this.#number(row + ROW.count) + (sums.get(name)?.count ?? 0);
      sums.set(name, { pid, site: site - 1, type: type ?? 0, map: map ?? 0, caller: caller ?? 0, count });
    }
  }

  #number(at: number): number {
    return Number(this.#words.getBigUint64(at, true));
  }
}
