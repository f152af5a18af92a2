import type { MapAdvice } from '../../protocol/maps.ts';
import type { MapRow } from './map_row.ts';

/** Advice by the address of the map, as `0xc000123450`. */
export type AdviceOfMaps = ReadonlyMap<string, readonly MapAdvice[]>;

/**
 * Rows with what was learnt of their use. What memory told already is said once, with what was seen. That a map is
 * larger than its entries need is not said of one that was seen to get new ones: `advice` knows how many it had.
 */
export function withAdvice(rows: readonly MapRow[], advice: AdviceOfMaps = new Map()): MapRow[] {
  return rows.map((row) => {
    const seen = row.address === undefined ? undefined : advice.get(row.address);
    const kept = isFilled(row) ? row.advice.filter(({ code }) => code !== 'shrink') : row.advice;
    if (seen === undefined) return { ...row, advice: kept };
    const codes = new Set(seen.map(({ code }) => code));
    return { ...row, advice: [...seen, ...kept.filter(({ code }) => !codes.has(code))] };
  });
}

const isFilled = ({ observed }: MapRow): boolean => (observed?.ops.assign ?? 0) > 0;
