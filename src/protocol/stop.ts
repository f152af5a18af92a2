import type { MapHeader, Registers } from '../model/map_header.ts';
import type { TraceEvent } from './event.ts';

export type { MapHeader, Registers, SwissTable } from '../model/map_header.ts';

/** An operation that met the condition of `break`: an event, and what the probe saw besides. */
export type Stop = Omit<TraceEvent, 'type' | 'facts'> & {
  readonly type: 'stop';
  /** The map's header at that moment; absent for a nil map, and where it could not be read. */
  readonly header?: MapHeader;
  /** The registers in which the map function gets its arguments. */
  readonly registers?: Registers;
};
