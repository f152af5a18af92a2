/** A loop of one goroutine over one map, from its beginning to the next thing the goroutine does to that map. */
interface Open {
  /** Where it is: a return address. */
  readonly loop: number;
  /** Somebody else changed the map meanwhile, or the loop itself put something in. */
  disturbed: boolean;
  deleted: number;
  /** Where it deletes; 0: nowhere yet, -1: at more than one place. */
  site: number;
}

/** Loops from one place that delete at one place. */
export interface Sweep {
  readonly loop: number;
  site: number;
  whole: number;
  partial: number;
  deleted: number;
}

/**
 * Loops over one map in which entries are deleted. Whether nothing was left is told by the count that the last
 * delete found; loops that others interfered with say nothing.
 */
export class Sweeps {
  readonly #open = new Map<number, Open>();
  readonly #done = new Map<number, Sweep>();

  /** A loop begins. `len` is what it begins with. */
  begin(goid: number, loop: number, len: number | undefined): void {
    this.#close(goid);
    if (len === undefined || len === 0) return;
    this.#open.set(goid, { loop, disturbed: false, deleted: 0, site: 0 });
  }

  /** A delete that removed an entry; `len` is how many there were before it. */
  removed(goid: number, site: number, len: number): void {
    for (const [other, open] of this.#open) if (other !== goid) open.disturbed = true;
    const open = this.#open.get(goid);
    if (open === undefined) return;
    open.deleted++;
    open.site = open.site === 0 || open.site === site ? site : -1;
    if (len !== 1) return;
    this.#open.delete(goid);
    if (!open.disturbed && open.site > 0) this.#add(open, 'whole');
  }

  /** Something else was done to the map: by the loop's own goroutine it ends the loop. */
  other(goid: number, inserted: boolean): void {
    if (inserted) for (const open of this.#open.values()) open.disturbed = true;
    this.#close(goid);
  }

  all(): readonly Sweep[] {
    return [...this.#done.values()].filter((one) => one.site > 0);
  }

  /** A loop that left entries. Without a single delete it says that the same loop does not always delete. */
  #close(goid: number): void {
    const open = this.#open.get(goid);
    if (open === undefined) return;
    this.#open.delete(goid);
    if (!open.disturbed) this.#add(open, 'partial');
  }

  #add(open: Open, how: 'whole' | 'partial'): void {
    let sweep = this.#done.get(open.loop);
    if (sweep === undefined)
      this.#done.set(open.loop, (sweep = { loop: open.loop, site: 0, whole: 0, partial: 0, deleted: 0 }));
    if (open.site !== 0) sweep.site = sweep.site === 0 || sweep.site === open.site ? open.site : -1;
    sweep[how]++;
    if (how === 'whole') sweep.deleted += open.deleted;
  }
}
