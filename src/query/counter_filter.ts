import { MapauditError } from '../base/errors.ts';
import { SYNC_MAP, SYNC_TYPE } from '../model/sync_method.ts';
import type { Filters } from '../protocol/options.ts';
import type { CounterRow } from '../stream/aggregate/counter_row.ts';
import type { KernelKey } from './key/kernel_value.ts';
import { literalPrefix } from './glob.ts';
import { kernelKeyText } from './kernel_filter.ts';
import { typePattern } from './type_pattern.ts';

/**
 * The filters on counters. Keys are not counted by: a key filter is decided in the kernel or not at all
 * (error `key-filter-needs-events`).
 */
export class CounterFilter {
  readonly #filters: Filters;
  readonly #type: RegExp | undefined;
  readonly #key: KernelKey | undefined;
  readonly #site: RegExp | undefined;

  /** `key`: how the kernel tells `filters.keyLiteral`, where it can. */
  constructor(filters: Filters, key?: KernelKey) {
    this.#key = key;
    if (filters.keyLiteral !== undefined && key === undefined)
      throw new MapauditError(
        'key-filter-needs-events',
        `the kernel cannot count by the key ${filters.keyLiteral}`,
        {
          hint: 'It counts what is the same memory of at most 64 bytes, or text, in all maps that are meant: name their type with --map, or use mapaudit trace.',
        },
      );
    this.#filters = filters;
    this.#type = filters.map === undefined ? undefined : typePattern(filters.map);
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
    if (this.#key !== undefined && (row.map_type === undefined || !this.#key.mapTypes.has(row.map_type)))
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
