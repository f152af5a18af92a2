import { MapauditError } from '../base/errors.ts';
import { SYNC_MAP, SYNC_TYPE } from '../model/sync_method.ts';
import type { Filters } from '../protocol/options.ts';
import type { CounterRow } from '../stream/aggregate/counter_row.ts';
import { literalPrefix } from './glob.ts';
import { kernelKeyText } from './kernel_filter.ts';

/**
 * The filters on counters. Keys are not counted by: a key filter is decided in the kernel or not at all
 * (error `key-filter-needs-events`).
 */
export class CounterFilter {
  readonly #filters: Filters;
  readonly #type: RegExp | undefined;
  readonly #site: RegExp | undefined;

  constructor(filters: Filters) {
    this.#filters = filters;
    this.#type = filters.map === undefined ? undefined : new RegExp(filters.map);
    this.#site = filters.site === undefined ? undefined : new RegExp(filters.site);
    if (filters.key !== undefined && !kernelDecides(filters.key))
      throw new MapauditError(
        'key-filter-needs-events',
        `the kernel cannot count by the key filter ${filters.key}`,
        {
          hint: "Use a text with at most a '*' at its end, such as 'sess:*', or mapaudit trace.",
        },
      );
  }

  accepts(row: CounterRow, map: number, id: number | undefined): boolean {
    const { mapId, mapAddress, sync } = this.#filters;
    if (sync === true && row.map_type !== SYNC_TYPE && row.caller?.startsWith(SYNC_MAP) === true)
      return false;
    if (mapId !== undefined && id !== mapId) return false;
    if (mapAddress !== undefined && map !== mapAddress) return false;
    if (this.#type !== undefined && (row.map_type === undefined || !this.#type.test(row.map_type)))
      return false;
    const place = `${row.caller ?? ''} ${row.file ?? ''}:${row.line ?? ''}`;
    return this.#site === undefined || this.#site.test(place);
  }
}

/** A literal text, or one followed by a single star. */
function kernelDecides(glob: string): boolean {
  const { text, exact } = literalPrefix(glob);
  return kernelKeyText(glob) !== undefined && (exact || glob.length === text.length + 1) && text.length <= 64;
}
