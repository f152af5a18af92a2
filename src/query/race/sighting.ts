import type { FrameOfEvent, MapEvent } from '../../model/map_event.ts';
import type { MapOp } from '../../model/map_op.ts';
import { WRITE_OPS } from '../../model/map_op.ts';
import type { RaceKind, RaceSide } from '../../protocol/race.ts';

/** One record of a race probe: what was about to be done, where, by whom. */
export interface Sighting {
  /** MARK_* */
  readonly why: number;
  readonly watch: number;
  /** Address of the map's header. */
  readonly map: number;
  /** Low half of the seed of its hashes: another one is another map, or the same after it was empty. */
  readonly seed: number | undefined;
  readonly event: MapEvent;
  /** Where the functions of its stack take mutexes; undefined where that is not known. */
  readonly locks?: readonly FrameOfEvent[] | undefined;
}

/** Packages of Go that use maps on somebody's behalf. */
const ON_BEHALF = /^(?:runtime|reflect|maps|sync|internal\/[\w/]+)\./;

/** The line of the program that wanted the operation. */
function callerOf({ caller, stack }: MapEvent): FrameOfEvent | undefined {
  if (caller === undefined || !ON_BEHALF.test(caller.function)) return caller;
  return stack?.find((frame) => !ON_BEHALF.test(frame.function)) ?? caller;
}

/** The side of a race that a record tells. */
export function sideOf({ event, locks }: Sighting): RaceSide {
  const { op, function: name, time, goroutine, thread, key, stack } = event;
  const caller = callerOf(event);
  return {
    op,
    function: name,
    time,
    ...(goroutine === undefined ? {} : { goroutine }),
    thread,
    ...(key === undefined ? {} : { key }),
    ...(caller === undefined ? {} : { caller }),
    ...(stack === undefined ? {} : { stack }),
    ...(locks === undefined ? {} : { locks }),
  };
}

/** What stands for a place: two operations of one kind from one line are the same. */
export function placeName(op: MapOp, caller: FrameOfEvent | undefined): string {
  return `${op} ${caller?.function ?? ''} ${caller?.file ?? ''}:${caller?.line ?? 0}`;
}

export const placeOf = ({ event }: Sighting): string => placeName(event.op, callerOf(event));

/** What the two do to each other: one of them writes. */
export function kindOf(a: MapOp, b: MapOp): RaceKind {
  if (a === 'clear' || b === 'clear') return 'write/clear';
  const other = WRITE_OPS.includes(a) ? b : a;
  if (other === 'iterate') return 'write/iterate';
  return other === 'access' ? 'write/read' : 'write/write';
}

/** Whether two keys are the same, undefined where that cannot be told. */
export function sameKey(a: MapEvent['key'], b: MapEvent['key']): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [x, y] = [a.text ?? a.hash, b.text ?? b.hash];
  if (x === undefined || y === undefined) return undefined;
  if (x !== y) return false;
  return a.truncated === true || b.truncated === true ? undefined : true;
}
