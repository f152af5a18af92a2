import type { MapAdvice } from '../../protocol/maps.ts';
import type { MapRow } from './map_row.ts';

/** Advice by the address of the map, as `0xc000123450`. */
export type AdviceOfMaps = ReadonlyMap<string, readonly MapAdvice[]>;

/** Rows with what was learnt of their use. What memory told already is said once, with what was seen. */
export function withAdvice(rows: readonly MapRow[], advice: AdviceOfMaps = new Map()): MapRow[] {
  return rows.map((row) => {
    const seen = row.address === undefined ? undefined : advice.get(row.address);
    if (seen === undefined) return row;
    const codes = new Set(seen.map(({ code }) => code));
    return { ...row, advice: [...seen, ...row.advice.filter(({ code }) => !codes.has(code))] };
  });
}
