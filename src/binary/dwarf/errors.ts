import { MapauditError } from '../../base/errors.ts';
import { hex } from '../../model/addr.ts';

/** Debug information that does not hold what it says. `section` is the plain name: `.debug_info`. */
export function dwarfCorrupt(section: string, offset: number, what: string): MapauditError {
  return new MapauditError('dwarf-corrupt', `${section} is corrupt at offset ${hex(offset)}: ${what}`, {
    fields: { section, offset },
    hint: 'Build or copy the binary again.',
  });
}
