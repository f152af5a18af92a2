import type { ServeOptions, ServeSelection } from '../../protocol/serve.ts';
import { usageError } from '../parse/usage_error.ts';
import { labelsOf, present, selectionOf } from './resolve.ts';
import type { OptionValues } from './table.ts';

const BUDGET = 0.01;
const STORE_SIZE = 4 * 1024 ** 3;
const LISTEN = '127.0.0.1:7777';

/** All that `serve` needs. */
export function serveOptionsOf(values: OptionValues): ServeOptions {
  if (values.probe === 'inline') checkInline(values);
  return {
    selection: servedBy(values),
    ...storeOf(values),
    listen: values.listen ?? LISTEN,
    budget: values.budget ?? BUDGET,
    ...present('rules', values.rules),
    ...present('otlp', values.otlp),
    races: values.races === true,
    keys: values.keys ?? { type: 'full' },
    labels: labelsOf(values),
    probe: values.probe ?? 'auto',
    ...present('ringBytes', values.ring),
  };
}

/** Code is changed in programs that were named, and by one probe at a time. Error: `usage-contradiction`. */
function checkInline({ all, races }: OptionValues): void {
  if (all === true)
    throw usageError('contradiction', '--all cannot be used with --probe inline', {
      hint: 'It changes the code of running programs, so they are to be named: -p PID or --name GLOB.',
    });
  if (races === true)
    throw usageError('contradiction', '--races cannot be used with --probe inline', {
      hint: 'Races are looked for with jumps of another kind, which cannot stand beside these. Leave one of them out, or look for races without serve: mapaudit race -p PID --probe inline.',
    });
}

/** Of how much is kept, and for how long. Error: `usage-contradiction` for a size of no file. */
function storeOf({
  store,
  storeSize,
  keep,
}: OptionValues): Pick<ServeOptions, 'store' | 'storeSize' | 'keepMs'> {
  if (store === undefined && storeSize !== undefined)
    throw usageError('contradiction', '--store-size is the size of a file, and there is none', {
      hint: 'Add --store FILE.',
    });
  return {
    ...present('keepMs', keep),
    ...(store === undefined ? {} : { store, storeSize: storeSize ?? STORE_SIZE }),
  };
}

function servedBy(values: OptionValues): ServeSelection {
  const named = values.pid !== undefined || values.name !== undefined;
  if (values.all !== true) {
    if (named) return selectionOf(values);
    throw usageError('no-target', 'which processes?', {
      hint: 'Add -p PID, --name GLOB or --all. To see what runs here: mapaudit ps.',
    });
  }
  if (!named) return { type: 'all' };
  throw usageError('contradiction', '--all cannot be used with -p or --name', { hint: 'Keep one of them.' });
}
