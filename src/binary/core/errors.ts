import { MapauditError } from '../../base/errors.ts';
import { hex } from '../../model/addr.ts';

/** A core file that does not hold what it says. */
export function coreCorrupt(name: string, offset: number, what: string): MapauditError {
  return new MapauditError('core-corrupt', `${name} is corrupt at offset ${hex(offset)}: ${what}`, {
    fields: { offset },
    hint: 'Copy the core file again, or make a new one: gcore -o core PID.',
  });
}
