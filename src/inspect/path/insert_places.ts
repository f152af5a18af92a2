import { type Addr, addr } from '../../model/addr.ts';
import { SLOTS, type UnitShape } from '../slots.ts';
import type { KeyPath, PathStep } from './key_path.ts';

/** Eight bytes that an insert of a key that is not in the map writes to. */
export type InsertPlace = { readonly address: Addr; readonly label: string } & (
  | {
      /** The tophash or control bytes of a bucket or group, of which one will be the key's. */
      readonly kind: 'controls';
      /** What it will be. */
      readonly control: number;
    }
  /** A pointer that a growth replaces: the insert then goes to memory that is not there yet. */
  | { readonly kind: 'growth' }
);

/** hmap.buckets and Map.dirPtr: go1.18–1.27, both 16 bytes into the header. */
const POINTER_AT = 16;
const WORD = 8;
/** Of the four watchpoints; the others see growths. */
const MOST_UNITS = 2;

/**
 * Where the runtime will put a key: in the first free slot on its way, so the tophash or control bytes of the buckets
 * or groups that have one; and what changes when it finds no room there. At most four. Without a known way (the hash
 * functions are not known) the pointer in the header alone.
 */
export function insertPlaces(path: KeyPath, header: Addr, shape: UnitShape): InsertPlace[] {
  const { start, steps, control } = path;
  const what = shape.kind === 'classic' ? 'tophash of bucket' : 'control bytes of group';
  const units = steps.filter((step) => hasRoom(step, shape.kind)).slice(0, MOST_UNITS);
  const places: InsertPlace[] =
    control === undefined
      ? []
      : units.map(({ address, index }) => ({
          kind: 'controls',
          address,
          label: `${what} ${index}`,
          control,
        }));
  const last = steps.at(-1);
  if (path.header.kind === 'classic') {
    const { header: map } = path;
    const isOld = last?.old === true && start?.kind === 'classic';
    // The insert first evacuates the old bucket, and then writes to the new one.
    if (isOld && control !== undefined) {
      const address = addr(map.buckets + start.bucket * shape.bytes);
      places.splice(0, places.length, {
        kind: 'controls',
        address,
        label: `${what} ${start.bucket}`,
        control,
      });
    }
    if (units.length === 0 && last !== undefined && !isOld)
      places.push({
        kind: 'growth',
        address: addr(last.address + shape.bytes - WORD),
        label: `overflow of bucket ${last.index}`,
      });
    return [...places, { kind: 'growth', address: addr(header + POINTER_AT), label: 'buckets of the map' }];
  }
  if (start?.kind === 'swiss' && start.directory !== undefined) {
    const { entry } = start.directory;
    const address = addr(path.header.dirPtr + entry * WORD);
    places.push({ kind: 'growth', address, label: `directory entry ${entry}` });
  }
  const label = path.header.dirLen === 0 ? 'group of the map' : 'directory of the map';
  return [...places, { kind: 'growth', address: addr(header + POINTER_AT), label }];
}

/** A look ends early where the rest is empty. */
function hasRoom({ slots }: PathStep, kind: UnitShape['kind']): boolean {
  return (
    slots.length < SLOTS ||
    slots.some(({ state }) =>
      kind === 'classic'
        ? state === 'empty' || state === 'rest-is-empty'
        : state === 'empty' || state === 'tombstone',
    )
  );
}
