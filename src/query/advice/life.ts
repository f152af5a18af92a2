import type { GrowthFact } from '../../advice/facts.ts';
import type { MapOp } from '../../model/map_op.ts';
import { Lens } from './lens.ts';
import { Returns } from './returns.ts';
import { Sweeps } from './sweeps.ts';

/** Operations of one function from one place. */
export interface PlaceCount {
  readonly op: MapOp;
  readonly function: string;
  /** A return address in the program. */
  readonly address: number;
  count: number;
  found: number;
  missed: number;
}

/** A growth with the place that caused it. */
export interface SeenGrowth extends Omit<GrowthFact, 'site'> {
  /** A return address in the program, or 0. */
  readonly address: number;
}

/** More growths, goroutines or places of one map are not kept. */
const MOST_GROWTHS = 4096;
const MOST_GOROUTINES = 64;
const MOST_PLACES = 256;

/** What was seen of one life of one map. */
export class Life {
  readonly address: number;
  type = 0;
  onStack = false;
  /** Where it was made, when that was seen: a return address. */
  made: number | undefined;
  readonly lens: Lens;
  readonly growths: SeenGrowth[] = [];
  readonly sweeps = new Sweeps();
  readonly returns = new Returns();
  readonly writers = new Set<number>();
  /** Descriptors of the dynamic types of keys, where keys are interfaces. */
  readonly keyTypes = new Set<number>();
  readonly #places = new Map<string, PlaceCount>();

  constructor(address: number, observedSeconds: number) {
    this.address = address;
    this.lens = new Lens(observedSeconds);
  }

  get places(): readonly PlaceCount[] {
    return [...this.#places.values()];
  }

  wrote(goid: number): void {
    if (this.writers.size < MOST_GOROUTINES) this.writers.add(goid);
  }

  grew(growth: SeenGrowth): void {
    if (this.growths.length < MOST_GROWTHS) this.growths.push(growth);
  }

  place(op: MapOp, name: string, address: number): PlaceCount | undefined {
    const id = `${address} ${name}`;
    let place = this.#places.get(id);
    if (place === undefined && this.#places.size < MOST_PLACES) {
      place = { op, function: name, address, count: 0, found: 0, missed: 0 };
      this.#places.set(id, place);
    }
    return place;
  }
}
