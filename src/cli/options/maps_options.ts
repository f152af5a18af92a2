import type { MapsOfCore, MapsOptions, MapSort } from '../../protocol/maps.ts';
import { usageError } from '../parse/usage_error.ts';
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
    selection: values.core === undefined ? selectionOf(values) : coreOf(values, values.core),
    sort,
    ...(values.probe === undefined ? {} : { probe: values.probe }),
    ...(observeMs === undefined ? {} : { observeMs }),
    ...(values.map === undefined ? {} : { map: values.map }),
    minLen: values.minLen ?? 0,
    limit: values.limit ?? (values.json === true ? Infinity : LINES),
    families: values.each !== true && values.json !== true,
    held: values.held === true,
    patienceMs: values.patience ?? PATIENCE_MS,
  };
}

/** A core dump is one moment: what needs time, and other processes, are refused. */
function coreOf({ pid, name, exe, observe, sort }: OptionValues, core: string): MapsOfCore {
  const other = pid !== undefined ? '-p' : name !== undefined ? '--name' : undefined;
  if (other !== undefined)
    throw usageError('contradiction', `${other} and --core cannot be used together`, {
      hint: 'Keep one of them.',
    });
  const late =
    observe !== undefined
      ? '--observe'
      : sort !== undefined && OBSERVED.includes(sort)
        ? `--sort ${sort}`
        : undefined;
  if (late !== undefined)
    throw usageError('contradiction', `${late} has no meaning with --core`, {
      hint: `A core dump is one moment, in which nothing happens: leave ${late} out, or look at the process with -p.`,
    });
  return { type: 'core', core, ...(exe === undefined ? {} : { exe }) };
}
