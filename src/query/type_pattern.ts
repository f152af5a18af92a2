import { MapauditError } from '../base/errors.ts';
import { isOwnerField } from '../model/owner_field.ts';

/**
 * What `--map` says of types, compiled. Errors: `map-needs-pid` for a map's name as `maps` shows it, which can only be
 * looked for in the memory of a process.
 */
export function typePattern(map: string): RegExp {
  if (isOwnerField(map)) throw mapNeedsProcess(map);
  return new RegExp(map);
}

export const mapNeedsProcess = (name: string): MapauditError =>
  new MapauditError('map-needs-pid', `${name} is looked for in the memory of one process`, {
    hint: 'Name the process with -p PID, or the maps by their type: --map Session',
  });
