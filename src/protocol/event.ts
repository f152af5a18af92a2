/** The event that faces show is the model's, under the names that a protocol reader looks for. */
export type {
  FrameOfEvent as EventFrame,
  GoroutineOfEvent as EventGoroutine,
  KeyOfEvent as EventKey,
  MapEvent as TraceEvent,
  MapOfEvent as EventMap,
} from '../model/map_event.ts';
