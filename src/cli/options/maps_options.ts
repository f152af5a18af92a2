import type { MapsOptions, MapSort } from '../../protocol/maps.ts';
import { selectionOf } from './resolve.ts';
import type { OptionValues } from './table.ts';

const OBSERVE_MS = 5000;
/** Enough for some 100,000 maps. */
const PATIENCE_MS = 10_000;
/** More than a reader takes in; the last line says how many there are. */
const LINES = 30;
/** What memory alone does not tell. */
const OBSERVED: readonly MapSort[] = ['rate', 'growth', 'age'];

/** All that `maps` needs. */
export function mapsOptionsOf(values: OptionValues): MapsOptions {
  const sort = values.sort ?? 'bytes';
  const observeMs = values.observe ?? (OBSERVED.includes(sort) ? OBSERVE_MS : undefined);
  return {
    selection: selectionOf(values),
    sort,
    ...(observeMs === undefined ? {} : { observeMs }),
    ...(values.map === undefined ? {} : { map: values.map }),
    minLen: values.minLen ?? 0,
    limit: values.limit ?? (values.json === true ? Infinity : LINES),
    families: values.each !== true && values.json !== true,
    held: values.held === true,
    patienceMs: values.patience ?? PATIENCE_MS,
  };
}
