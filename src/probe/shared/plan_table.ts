import type { KeyChase, KeyPlan } from '../../model/key_plan.ts';
import { PLAN, PLANS } from './layout.ts';

/** go/hook/core.go.txt, mapauditChase; inline/code/routines.ts, writeChase. */
const KIND: Record<KeyChase['kind'], number> = { string: 1, eface: 2, iface: 3 };

/** The table of key plans that the program looks into: what inside a key lies elsewhere. Rows are only added. */
export class PlanTable {
  readonly #words: DataView;

  constructor(words: DataView) {
    this.#words = words;
  }

  /** A plan that finds no room is left out: keys of that type are then marked as unplanned. */
  set({ type, chases }: KeyPlan): void {
    const first = Math.imul(Number(BigInt.asUintN(32, BigInt(type) >> 4n)), 0x9e3779b1) >>> 16;
    for (let step = 0; step < PLANS.steps; step++) {
      const row = PLANS.at + ((first + step) % PLANS.rows) * PLANS.rowBytes;
      const there = this.#words.getBigUint64(row + PLAN.type, true);
      if (there === BigInt(type)) return;
      if (there !== 0n) continue;
      const kept = chases.slice(0, 2);
      this.#words.setUint8(row + PLAN.count, kept.length);
      kept.forEach((chase, i) => {
        this.#words.setUint8(row + PLAN.kinds + i, KIND[chase.kind]);
        this.#words.setUint32(row + PLAN.offsets + 4 * i, chase.offset, true);
      });
      this.#words.setBigUint64(row + PLAN.type, BigInt(type), true);
      return;
    }
  }
}
