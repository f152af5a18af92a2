import type { ClassicHeader, MapHeader } from '../../inspect/map_header.ts';
import type { ScanTotals, SeenUnit } from '../../inspect/scan.ts';
import { isFull, TOMBSTONE, type UnitShape } from '../../inspect/slots.ts';
import type { Heat, HeatCell } from '../../protocol/inspect.ts';

/** More are put together in one cell: a picture, not a list. */
const MOST_CELLS = 1024;

type Counts = { -readonly [K in keyof HeatCell]-?: HeatCell[K] };

/** Buckets or groups on their way into a picture of at most `MOST_CELLS` cells. */
class Picture {
  readonly #part: Heat['part'];
  readonly #units: number;
  readonly #perCell: number;
  readonly #cells: Counts[];

  constructor(part: Heat['part'], units: number) {
    this.#part = part;
    this.#units = units;
    this.#perCell = Math.max(1, 2 ** Math.ceil(Math.log2(units / MOST_CELLS)));
    this.#cells = Array.from({ length: Math.ceil(units / this.#perCell) }, (_, i) => {
      const first = i * this.#perCell;
      // Whatever is not seen is not known, or of old buckets evacuated.
      const known = Math.min(this.#perCell, units - first);
      const none = { full: 0, tombstones: 0, overflow: 0 };
      const old = part === 'old-bucket';
      return { first, units: known, ...none, evacuated: old ? known : 0, unstable: old ? 0 : known };
    });
  }

  add(unit: number, depth: number, full: number, tombstones: number): void {
    const cell = this.#cells[Math.floor(unit / this.#perCell)];
    if (cell === undefined) return;
    cell.full += full;
    cell.tombstones += tombstones;
    cell.overflow = Math.max(cell.overflow, depth);
    if (depth > 0) return;
    if (this.#part === 'old-bucket') cell.evacuated--;
    else cell.unstable--;
  }

  line(): Heat {
    const cells = this.#cells.map(({ first, units, full, ...marks }): HeatCell => {
      const some = Object.fromEntries(Object.entries(marks).filter(([, n]) => n > 0));
      return { first, units, full, ...some };
    });
    return { type: 'heat', part: this.#part, units: this.#units, units_per_cell: this.#perCell, cells };
  }
}

/** Gathers the units of one scan into pictures. */
export class HeatMap {
  readonly #kind: UnitShape['kind'];
  readonly #pictures: readonly Picture[];
  #table = -1;
  #before = 0;
  #groups = 0;

  /** `totals` are of an earlier scan: they say how many groups there are. */
  constructor(header: MapHeader, totals: ScanTotals) {
    this.#kind = header.kind;
    this.#pictures =
      header.kind === 'swiss'
        ? [new Picture('group', totals.units + totals.unstable)]
        : classicPictures(header);
  }

  add({ place, controls }: SeenUnit<unknown>): void {
    const full = controls.reduce((n, control) => n + (isFull(this.#kind, control) ? 1 : 0), 0);
    if (this.#kind === 'classic') {
      this.#pictures[place.old ? 1 : 0]?.add(place.index, place.depth, full, 0);
      return;
    }
    if (place.table !== this.#table) {
      this.#table = place.table;
      this.#before += this.#groups;
      this.#groups = 0;
    }
    this.#groups = Math.max(this.#groups, place.index + 1);
    const tombstones = controls.reduce((n, control) => n + (control === TOMBSTONE ? 1 : 0), 0);
    this.#pictures[0]?.add(this.#before + place.index, 0, full, tombstones);
  }

  lines(): readonly Heat[] {
    return this.#pictures.map((picture) => picture.line());
  }
}

function classicPictures({ B, buckets, oldbuckets, sameSizeGrow }: ClassicHeader): readonly Picture[] {
  if (buckets === 0) return [];
  const all = new Picture('bucket', 2 ** B);
  return oldbuckets === 0 ? [all] : [all, new Picture('old-bucket', sameSizeGrow ? 2 ** B : 2 ** (B - 1))];
}
