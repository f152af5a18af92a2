import { MapauditError } from '../base/errors.ts';
import { hex } from '../model/addr.ts';
import type { MapPlace } from './scan.ts';

/**
 * A map whose memory cannot be what the runtime has made: two goroutines have written to it at once, or something has
 * written over it. `what` is wrong.
 */
export function damagedMap({ address }: Pick<MapPlace, 'address'>, what: string): MapauditError {
  return new MapauditError('damaged-map', `the map at ${hex(address)} is damaged: ${what}`, {
    fields: { address: hex(address) },
    hint: 'Two goroutines that write at once do this (mapaudit race looks for them), or a write through unsafe or cgo.',
  });
}
