import type { RaceOptions } from '../../protocol/race.ts';
import { usageError } from '../parse/usage_error.ts';
import { mapOf } from './resolve_know.ts';
import { present } from './resolve.ts';
import type { OptionValues } from './table.ts';

const BUDGET = 0.01;
const FRAMES = 16;

/** All that `race` needs. */
export function raceOptionsOf(values: OptionValues): RaceOptions {
  if (values.pid === undefined)
    throw usageError('no-target', 'which process?', {
      hint: 'Add -p PID. To see what runs here: mapaudit ps.',
    });
  const { mapId, ...map } = mapOf(values.map);
  if (mapId !== undefined)
    throw usageError('map', `${mapId} is a number of another run`, {
      hint: "Give the map's address, as JSON output has it (0xc000123450), its type or its variable.",
    });
  return {
    pid: values.pid,
    ...present('map', map.map),
    ...present('mapAddress', map.mapAddress),
    budget: values.budget ?? BUDGET,
    keys: values.keys ?? { type: 'full' },
    frames: values.stack ?? FRAMES,
    ...present('durationMs', values.duration),
    ...present('count', values.count),
    ...present('ringBytes', values.ring),
    probe: values.probe ?? 'auto',
  };
}
