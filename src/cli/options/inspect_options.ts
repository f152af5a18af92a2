import type { InspectOptions, InspectSubject, InspectView, ProgramSubject } from '../../protocol/inspect.ts';
import { usageError } from '../parse/usage_error.ts';
import type { OptionValues } from './table.ts';

/** What is shown unless something else is asked for. */
const DEFAULTS = { pointers: 2, text: 256, items: 16, timeoutMs: 10_000 };
const FEW: Readonly<Record<InspectView, number>> = { entries: 50, slots: 16, heat: Infinity, key: Infinity };

/** All that `inspect` needs. */
export function inspectOptionsOf(values: OptionValues): InspectOptions {
  const view = viewOf(values);
  const limit = values.limit ?? (values.json === true ? Infinity : FEW[view]);
  return {
    ...programOf(values),
    subject: subjectOf(values),
    view,
    limits: {
      text: values.maxString ?? DEFAULTS.text,
      items: values.maxItems ?? DEFAULTS.items,
      pointers: values.depth ?? DEFAULTS.pointers,
    },
    timeoutMs: values.timeout ?? DEFAULTS.timeoutMs,
    ...(limit === Infinity ? {} : { limit }),
    ...(values.key === undefined ? {} : { key: values.key }),
    ...(values.held === true ? { held: true } : {}),
    ...(values.spread === true ? { spread: true } : {}),
  };
}

/** Which program: a process or a core dump. */
export function programOf({ pid, core, exe }: OptionValues): ProgramSubject {
  if (pid !== undefined && core !== undefined)
    throw usageError('contradiction', '-p and --core cannot be used together', { hint: 'Keep one of them.' });
  if (exe !== undefined && core === undefined)
    throw usageError('contradiction', '--exe has no meaning without --core', {
      hint: 'Of a running process the program is known: leave --exe out.',
    });
  if (core !== undefined) return { core, ...(exe === undefined ? {} : { exe }) };
  if (pid !== undefined) return { pid };
  throw usageError('no-target', 'which process?', {
    hint: 'Add -p PID, or --core FILE. To see what runs here: mapaudit ps.',
  });
}

function viewOf({ slots, heat, limit, key }: OptionValues): InspectView {
  const other =
    slots === true ? '--slots' : heat === true ? '--heat' : limit === undefined ? undefined : '--limit';
  if (key !== undefined && other !== undefined)
    throw usageError('contradiction', `--key and ${other} cannot be used together`, {
      hint: 'Keep one of them.',
    });
  if (key !== undefined) return 'key';
  if (slots === true && heat === true)
    throw usageError('contradiction', '--slots and --heat cannot be used together', {
      hint: 'Keep one of them.',
    });
  if (heat === true && limit !== undefined)
    throw usageError('contradiction', '--heat shows all of the map: --limit has no meaning', {
      hint: 'Leave --limit out.',
    });
  return heat === true ? 'heat' : slots === true ? 'slots' : 'entries';
}

/** Which map: exactly one of --expr, --address and --map. */
export function subjectOf({ expr, address, map, type }: OptionValues): InspectSubject {
  const given: InspectSubject[] = [];
  if (expr !== undefined) given.push({ type: 'expr', expr });
  if (address !== undefined) given.push(addressOf(address, type));
  if (map !== undefined) given.push({ type: 'map', map });
  const [subject, another] = given;
  if (subject === undefined)
    throw usageError('no-map', 'which map?', {
      hint: "Add --expr 'main.cache.sessions', --map REGEX or --address 0xc000123450.",
    });
  if (another !== undefined)
    throw usageError('contradiction', `--${subject.type} and --${another.type} cannot be used together`, {
      hint: 'Keep one of them.',
    });
  if (type !== undefined && subject.type !== 'address')
    throw usageError('contradiction', `--type has no meaning with --${subject.type}`, {
      hint: 'It says what lies at --address.',
    });
  return subject;
}

function addressOf(places: NonNullable<OptionValues['address']>, type: string | undefined): InspectSubject {
  const [place, another] = places;
  if (place === undefined || another !== undefined || place.length !== undefined || place.label !== undefined)
    throw usageError('address', 'inspect looks at one map', {
      hint: 'Give one address, without length or name: --address 0xc000123450',
    });
  return { type: 'address', address: place.address, ...(type === undefined ? {} : { mapType: type }) };
}
