import { DEFAULT_OPS } from '../../model/map_op.ts';
import type { CrashOptions } from '../../protocol/crash.ts';
import type { DetachOptions } from '../../protocol/detached.ts';
import type { Filters, KeyMode, RunOptions, TopOptions, TraceOptions } from '../../protocol/options.ts';
import type { KeyBytes, WatchOptions } from '../../protocol/watch.ts';
import type { CheckSubject, Selection } from '../../protocol/selection.ts';
import { usageError } from '../parse/usage_error.ts';
import { parseKey } from '../parse/key.ts';
import { watchLength } from '../parse/places.ts';
import { subjectOf } from './inspect_options.ts';
import type { OptionValues } from './table.ts';

const ONCE_MS = 5000;
const INTERVAL_MS = 1000;
const SHORTEST_INTERVAL_MS = 100;

/** Which processes: exactly one of -p, --exe and --name. */
export function selectionOf(values: OptionValues): Selection {
  const [selection] = selections(values);
  if (selection !== undefined) return selection;
  throw usageError('no-target', 'which process?', {
    hint: 'Add -p PID, --exe PATH or --name GLOB. To see what runs here: mapaudit ps.',
  });
}

/** What `check` looks at: a file, or processes. */
export function checkSubjectOf(file: string | undefined, values: OptionValues): CheckSubject {
  const [selection] = selections(values);
  const sync = values.sync === true ? { sync: true as const } : {};
  if (file === undefined && selection !== undefined) return { ...selection, ...sync };
  if (file !== undefined && selection === undefined) return { type: 'file', path: file, ...sync };
  if (file === undefined) {
    throw usageError('no-target', 'check what?', {
      hint: 'Name a binary (mapaudit check ./server) or add -p PID.',
    });
  }
  throw usageError('contradiction', `both a file (${file}) and a process are named`, {
    hint: 'Leave one of them out.',
  });
}

function selections(values: OptionValues): readonly Selection[] {
  const given: Selection[] = [];
  if (values.pid !== undefined) given.push({ type: 'pid', pid: values.pid });
  if (values.exe !== undefined) given.push({ type: 'exe', path: values.exe });
  if (values.name !== undefined) given.push({ type: 'name', glob: values.name });
  if (given.length <= 1) return given;
  const flags = given.map((one) => `--${one.type}`).join(' and ');
  throw usageError('contradiction', `${flags} cannot be used together`, { hint: 'Keep one of them.' });
}

/** All that `trace` needs. */
export function traceOptionsOf(values: OptionValues): TraceOptions {
  return {
    ...runOptionsOf(values),
    labels: labelsOf(values),
    sampleEvery: values.sample ?? 1,
    frames: values.stack ?? 0,
    ...present('count', values.count),
  };
}

/** All that `crash` needs. */
export function crashOptionsOf(file: string | undefined, values: OptionValues): CrashOptions {
  const { pid } = values;
  if ((file === undefined) === (pid === undefined))
    throw usageError('no-target', 'which program?', {
      hint: 'Give the pid that it had (-p PID), the file that it left (/dev/shm/mapaudit.PID), or a core dump.',
    });
  return {
    subject: pid === undefined ? { type: 'file', path: file ?? '' } : { type: 'pid', pid },
    ...present('exe', values.exe),
    frames: values.stack ?? 0,
    ...present('limit', values.count),
  };
}

/** All that `detach` needs. */
export function detachOptionsOf({ pid }: OptionValues): DetachOptions {
  if (pid !== undefined) return { pid };
  throw usageError('no-target', 'which process?', {
    hint: 'Add -p PID. To see what runs here: mapaudit ps.',
  });
}

/** All that `watch` needs. */
export function watchOptionsOf(values: OptionValues): WatchOptions {
  if (values.pid === undefined)
    throw usageError('no-target', 'which process?', {
      hint: 'Add -p PID. To see what runs here: mapaudit ps.',
    });
  return {
    pid: values.pid,
    what: watchedOf(values),
    access: values.for ?? 'write',
    frames: values.stack ?? 0,
    ...present('durationMs', values.duration),
    ...present('count', values.count),
  };
}

/** Addresses, or a key's slot. */
function watchedOf(values: OptionValues): WatchOptions['what'] {
  const { address, key, map, expr, length } = values;
  const ofMap = map !== undefined || expr !== undefined;
  if (address !== undefined && (ofMap || key !== undefined))
    throw usageError('contradiction', '--address and a key of a map cannot be watched together', {
      hint: 'Keep --address, or --map (or --expr) with --key.',
    });
  if (address !== undefined) {
    const own = ['part', 'field', 'offset'] as const;
    const [wrong] = own.filter((name) => values[name] !== undefined);
    if (wrong !== undefined)
      throw usageError('contradiction', `--${wrong} has no meaning with --address`, {
        hint: 'It chooses among the bytes of a --key.',
      });
    const bytes = watchLength(length ?? 8);
    return { type: 'places', places: address.map((place) => ({ length: bytes, ...place })) };
  }
  if (ofMap && key !== undefined)
    return { type: 'key', subject: subjectOf(values), key, ...present('bytes', keyBytesOf(values)) };
  if (ofMap)
    throw usageError('no-key', 'watch which key of it?', { hint: `Add --key '"sess:91af"', in Go syntax.` });
  const hint = `Add --map REGEX (or --expr 'main.cache.sessions') with --key '"sess:91af"', or --address 0xc000123450.`;
  throw usageError('no-place', key === undefined ? 'watch what?' : 'watch the key of which map?', { hint });
}

/** Which bytes of a key's entry; undefined: nothing is said of it. */
function keyBytesOf({ part, field, offset, length }: OptionValues): KeyBytes | undefined {
  if (field !== undefined && part !== undefined)
    throw usageError('contradiction', '--part and --field cannot be used together', {
      hint: 'A field lies in the value, or in what it points to: --field is enough.',
    });
  const bytes = {
    ...present('parts', part),
    ...present('field', field),
    ...present('offset', offset),
    ...present('length', length),
  };
  return Object.keys(bytes).length === 0 ? undefined : bytes;
}

/** All that `top` needs. */
export function topOptionsOf(values: OptionValues): TopOptions {
  const once = values.once === true;
  if (once && values.interval !== undefined) {
    throw usageError('contradiction', '--interval has no meaning with --once', {
      hint: 'Say --duration for --once.',
    });
  }
  const intervalMs = values.interval ?? INTERVAL_MS;
  if (intervalMs < SHORTEST_INTERVAL_MS) {
    throw usageError('duration', `an interval of ${intervalMs} ms is too short`, { hint: 'At least 100ms.' });
  }
  return {
    ...runOptionsOf(values),
    ...(once ? { durationMs: values.duration ?? ONCE_MS } : {}),
    once,
    intervalMs,
  };
}

/** How much is shown of labels: as of keys, unless somebody says otherwise. */
export const labelsOf = ({ labels, keys }: OptionValues): KeyMode => labels ?? keys ?? { type: 'full' };

function runOptionsOf(values: OptionValues): RunOptions {
  const keys = values.keys ?? { type: 'full' };
  if (values.key !== undefined && keys.type === 'none') {
    throw usageError('contradiction', '--key needs keys, and --keys=none takes none', {
      hint: 'To filter by key and not show it: --keys=hash.',
    });
  }
  return {
    selection: selectionOf(values),
    filters: filtersOf(values),
    keys,
    effects: values.effects ?? 'auto',
    probe: values.probe ?? 'auto',
    ...present('ringBytes', values.ring),
    ...present('durationMs', values.duration),
  };
}

function filtersOf(values: OptionValues): Filters {
  return {
    ops: values.op ?? DEFAULT_OPS,
    ...present('map', values.map),
    ...values.mapId,
    ...present('site', values.site),
    ...(values.key === undefined ? {} : parseKey(values.key)),
    ...present('goid', values.goid),
    ...present('label', values.label),
    ...(values.sync === true ? { sync: true as const } : {}),
  };
}

/** An object with the property, or an empty one when there is no value. */
export function present<K extends string, T>(name: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: T });
}
