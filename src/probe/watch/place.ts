import { MapauditError } from '../../base/errors.ts';
import { type Addr, hex } from '../../model/addr.ts';
import { BREAKPOINT_LENGTHS, BREAKPOINTS_A_THREAD, type BreakpointLength } from '../../sys/breakpoint.ts';
import type { WatchHit } from './watch_hit.ts';

/** Bytes to be watched. */
export interface Place {
  /** A multiple of `length`. */
  readonly address: Addr;
  readonly length: BreakpointLength;
  /** For the reader: `key`, `value`, `control byte`; of no meaning here. */
  readonly label?: string;
}

/**
 * Says where the places are now. Asked at the beginning, and again whenever they may have moved (a map has
 * grown): the watchpoints then follow. Undefined: they cannot be told at this moment, and stay where they are.
 */
export type ResolvePlaces = () => readonly Place[] | undefined;

/** Where places come from. */
export interface PlaceSource {
  readonly resolve: ResolvePlaces;
  /** Whether the places may be elsewhere since that hit: the map's pointer to its groups was written, say. */
  readonly movedBy?: (hit: WatchHit) => boolean;
}

/** Places that never move. */
export const fixedPlaces = (places: readonly Place[]): PlaceSource => ({ resolve: () => places });

/** User space ends here on x86-64 with four levels of page tables. */
const USER_END = 2 ** 47;

/**
 * Whether the debug registers can hold these places. Errors: `too-many-watchpoints`, `unaligned-address`,
 * `bad-length`, `bad-address`, `same-place`.
 */
export function checkPlaces(places: readonly Place[]): void {
  if (places.length > BREAKPOINTS_A_THREAD)
    throw new MapauditError(
      'too-many-watchpoints',
      `${places.length} places are asked for, and a thread has ${BREAKPOINTS_A_THREAD} watchpoints`,
      {
        hint: `Watch at most ${BREAKPOINTS_A_THREAD} places of up to 8 bytes at once.`,
        fields: { asked: places.length, available: BREAKPOINTS_A_THREAD },
      },
    );
  for (const place of places) checkPlace(place);
  const addresses = new Set(places.map((place) => place.address));
  if (addresses.size < places.length)
    throw new MapauditError('same-place', 'one address is named twice', { hint: 'Leave one of them out.' });
}

function checkPlace({ address, length }: Place): void {
  const lengths: readonly number[] = BREAKPOINT_LENGTHS;
  if (!lengths.includes(length))
    throw new MapauditError('bad-length', `${length} bytes cannot be watched`, {
      hint: 'A watchpoint is 1, 2, 4 or 8 bytes long.',
      fields: { length },
    });
  if (!(address > 0 && address + length <= USER_END))
    throw new MapauditError('bad-address', `${hex(address)} is no address of a program`, {
      fields: { address: hex(address) },
    });
  const beyond = address % length;
  if (beyond !== 0)
    throw new MapauditError(
      'unaligned-address',
      `${hex(address)} is not a multiple of ${length}, as a watchpoint of ${length} bytes must be`,
      {
        hint: `Watch fewer bytes, or begin at ${hex(address - beyond)}.`,
        fields: { address: hex(address), length },
      },
    );
}
