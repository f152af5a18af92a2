import type { Window, WindowCount } from '../../model/window.ts';
import type { Filters } from '../../protocol/options.ts';
import type { Counter } from '../../protocol/snapshot.ts';
import { typePattern } from '../type_pattern.ts';

interface Row {
  readonly name: Omit<Counter, 'count' | 'rate'>;
  count: number;
  before: number;
}

/** Sums windows up to what `top` shows. */
export class WindowCounts {
  readonly #filters: Filters;
  readonly #showPid: boolean;
  readonly #pid: number | undefined;
  readonly #type: RegExp | undefined;
  readonly #site: RegExp | undefined;
  readonly #rows = new Map<string, Row>();
  readonly #maps = new Map<string, number>();

  /** `pid`: of this process only. */
  constructor(filters: Filters, showPid: boolean, pid?: number) {
    this.#filters = filters;
    this.#showPid = showPid;
    this.#pid = pid;
    this.#type = filters.map === undefined ? undefined : typePattern(filters.map);
    this.#site = filters.site === undefined ? undefined : new RegExp(filters.site);
  }

  add({ counts }: Window): void {
    for (const count of counts) {
      if (this.#pid !== undefined && count.process.pid !== this.#pid) continue;
      const id = this.#idOf(count);
      if (!this.#accepts(count, id)) continue;
      const { op, process } = count;
      const name = `${process.pid} ${process.started ?? ''} ${op} ${id ?? ''} ${siteText(count)}`;
      const row = this.#rows.get(name) ?? { name: this.#nameOf(count, id), count: 0, before: 0 };
      this.#rows.set(name, row);
      row.count += count.count;
    }
  }

  /** All rows, with the rates since the last time, which was so many seconds ago. */
  rows(seconds: number): Counter[] {
    return [...this.#rows.values()].map((row) => {
      const rate = (row.count - row.before) / seconds;
      row.before = row.count;
      return { ...row.name, count: row.count, rate };
    });
  }

  #nameOf({ process, op, mapType, site }: WindowCount, id: number | undefined): Row['name'] {
    return {
      ...(this.#showPid ? { pid: process.pid } : {}),
      ...(id === undefined ? {} : { map_id: id }),
      op,
      ...(mapType === undefined ? {} : { map_type: mapType }),
      ...(site === undefined ? {} : { caller: site.function }),
      ...(site?.file === undefined ? {} : { file: site.file }),
      ...(site?.line === undefined ? {} : { line: site.line }),
    };
  }

  #accepts(count: WindowCount, id: number | undefined): boolean {
    const { ops, mapId, mapAddress } = this.#filters;
    if (!ops.includes(count.op)) return false;
    if (mapId !== undefined && id !== mapId) return false;
    if (mapAddress !== undefined && Number(count.mapAddress ?? NaN) !== mapAddress) return false;
    if (this.#type !== undefined && (count.mapType === undefined || !this.#type.test(count.mapType)))
      return false;
    return this.#site === undefined || this.#site.test(siteText(count));
  }

  /** As in `top`: in the order in which they are seen, an address with another type being another map. */
  #idOf({ process, mapAddress, mapType }: WindowCount): number | undefined {
    if (mapAddress === undefined) return undefined;
    const name = `${process.pid} ${process.started ?? ''} ${mapAddress} ${mapType ?? ''}`;
    let id = this.#maps.get(name);
    if (id === undefined) this.#maps.set(name, (id = this.#maps.size + 1));
    return id;
  }
}

/** `shop.(*Cache).evict cache.go:88` */
const siteText = ({ site }: WindowCount): string =>
  `${site?.function ?? ''} ${site?.file ?? ''}:${site?.line ?? ''}`;
