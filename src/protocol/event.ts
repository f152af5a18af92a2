/**
 * Events as JSON lines, one after the other, each with its end, in UTF-8: for a face that writes nothing
 * else. The bytes are valid until the next batch is asked for.
 */
export interface EncodedEvents {
  readonly type: 'encoded';
  readonly json: Uint8Array;
}

/** The event that faces show is the model's, under the names that a protocol reader looks for. */
export type {
  FrameOfEvent as EventFrame,
  GoroutineOfEvent as EventGoroutine,
  KeyOfEvent as EventKey,
  MapEvent as TraceEvent,
  MapOfEvent as EventMap,
} from '../model/map_event.ts';
