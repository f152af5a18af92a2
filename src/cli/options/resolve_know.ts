import { DEFAULT_OPS, WRITE_OPS } from '../../model/map_op.ts';
import type { AdviseOptions } from '../../protocol/advice.ts';
import type {
  BreakOptions,
  Filters,
  GrowOptions,
  PastOptions,
  RunOptions,
  WhoOptions,
} from '../../protocol/options.ts';
import { ONE_KEY_HINT, parseOneKey } from '../parse/key.ts';
import { parseMapId } from '../parse/map_id.ts';
import type { OnFilter } from '../parse/on.ts';
import { usageError } from '../parse/usage_error.ts';
import { labelsOf, present, selectionOf } from './resolve.ts';
import type { OptionValues } from './table.ts';

/** Frames that `who` shows when nobody says otherwise. */
const WHO_FRAMES = 16;
/** All that the kernel program walks. */
const ALL_FRAMES = 64;

/** All that `break` needs. */
export function breakOptionsOf(values: OptionValues): BreakOptions {
  const { ops, map, path }: OnFilter = values.on ?? { ops: DEFAULT_OPS };
  return {
    ...runOf(values, { ops, ...present('map', map) }),
    ...present('mapPath', path),
    labels: labelsOf(values),
    ...present('condition', values.if),
    ...present('count', values.count),
    frames: values.stack ?? ALL_FRAMES,
  };
}

/** All that `who` needs of a process. */
export function whoOptionsOf(values: OptionValues): WhoOptions {
  return {
    ...runOf(values, keyFilters(values)),
    ...present('count', values.count),
    frames: values.stack ?? WHO_FRAMES,
  };
}

/** All that `who --from` and `who -p PID --since` need; undefined where the key is followed from now on. */
export function pastOptionsOf(values: OptionValues): PastOptions | undefined {
  if (values.from === undefined && values.since === undefined) return undefined;
  const own = values.from === undefined ? '--since' : '--from';
  const others = values.from === undefined ? OTHERS_THAN_PID : [...OTHERS_THAN_PID, 'pid' as const];
  for (const flag of others)
    if (values[flag] !== undefined)
      throw usageError('contradiction', `${own} and --${flag} cannot be used together`, {
        hint: 'What was kept comes to its end by itself: name one file, or one process that keeps its operations.',
      });
  return {
    kept: keptIn(values),
    filters: keyFilters(values),
    ...present('sinceMs', values.since),
    ...present('count', values.count),
  };
}

const OTHERS_THAN_PID = ['exe', 'name', 'duration', 'ring'] as const;

function keptIn({ from, pid, stack }: OptionValues): PastOptions['kept'] {
  if (from !== undefined) return { type: 'file', path: from };
  if (pid !== undefined) return { type: 'recorder', pid, frames: stack ?? WHO_FRAMES };
  throw usageError('no-target', 'which process?', {
    hint: 'Add -p PID, or --from FILE for what mapaudit trace --json -o FILE has kept.',
  });
}

/** One key, and the maps in which it may be. */
function keyFilters({ key, map, reads }: OptionValues): Filters {
  if (key === undefined) throw usageError('no-key', 'which key?', { hint: ONE_KEY_HINT });
  const ops = reads === true ? ([...WRITE_OPS, 'access'] as const) : WRITE_OPS;
  return { ops, ...mapOf(map), ...parseOneKey(key), keyless: true };
}

/** All that `grow` needs. */
export function growOptionsOf(values: OptionValues): GrowOptions {
  return {
    ...runOf(values, { ops: ['grow', 'clear'], ...mapOf(values.map) }),
    frames: values.stack ?? 0,
    ...present('count', values.count),
  };
}

/** How long `advise` watches when nobody says otherwise. */
const OBSERVE_MS = 30_000;

/** All that `advise` needs. */
export function adviseOptionsOf(values: OptionValues): AdviseOptions {
  if (values.pid === undefined)
    throw usageError('no-target', 'which process?', {
      hint: 'Add -p PID. To see what runs here: mapaudit ps.',
    });
  return { pid: values.pid, observeMs: values.observe ?? OBSERVE_MS, ...present('map', values.map) };
}

/** `--map` of a command that has no `--map-id`: what looks like a number or an address is one. */
export function mapOf(text: string | undefined): Pick<Filters, 'map' | 'mapId' | 'mapAddress'> {
  if (text === undefined) return {};
  return /^#?\d+$|^0x[0-9a-f]+$/i.test(text) ? parseMapId(text) : { map: text };
}

/** What these commands have in common. */
export function runOf(values: OptionValues, filters: Filters): RunOptions {
  return {
    selection: selectionOf(values),
    filters,
    keys: values.keys ?? { type: 'full' },
    effects: 'auto',
    probe: values.probe ?? 'auto',
    ...present('ringBytes', values.ring),
    ...present('durationMs', values.duration),
  };
}
