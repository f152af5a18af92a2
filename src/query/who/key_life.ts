import { isRead } from '../../model/map_op.ts';
import type { EventFrame, TraceEvent } from '../../protocol/event.ts';
import type { Touched, TouchedBy } from '../../protocol/touched.ts';

/** What is known of the key in one map. */
type State = 'there' | 'gone' | 'unknown';

interface Toucher {
  readonly caller: EventFrame | undefined;
  readonly starts: Set<string>;
  readonly goroutines: Set<number>;
  readonly counts: Map<Step, number>;
}

type Step = 'inserts' | 'updates' | 'deletes' | 'misses' | 'reads' | 'clears' | 'unknown';

/** Longest list of places, and of functions beside each. */
const MOST_PLACES = 100;
const MOST_STARTS = 8;

/** Follows one key through the events of a run. */
export class KeyLife {
  readonly #states = new Map<string, State>();
  readonly #touchers = new Map<string, Toucher>();

  /**
   * Whether an event is a step in the key's life. Clears come from all maps that pass the filters: they
   * matter only where the key has been seen, and not where it is known to be gone.
   */
  take(event: TraceEvent): boolean {
    const map = `${event.pid ?? 0} ${event.map.id ?? event.map.address ?? ''}`;
    const before = this.#states.get(map);
    if (event.op === 'clear' && (before === undefined || before === 'gone')) return false;
    this.#states.set(map, stateAfter(event) ?? before ?? 'unknown');
    this.#count(event);
    return true;
  }

  /** Who touched it most. */
  touched(): Touched {
    const by = [...this.#touchers.values()].map(toLine);
    by.sort((a, b) => b.touches - a.touches);
    return { type: 'touched', by: by.slice(0, MOST_PLACES) };
  }

  #count(event: TraceEvent): void {
    const { caller, goroutine } = event;
    const name = caller === undefined ? '' : `${caller.function} ${caller.file ?? ''}:${caller.line ?? ''}`;
    let toucher = this.#touchers.get(name);
    if (toucher === undefined) {
      toucher = { caller, starts: new Set(), goroutines: new Set(), counts: new Map() };
      this.#touchers.set(name, toucher);
    }
    if (goroutine !== undefined) toucher.goroutines.add(goroutine.id);
    if (goroutine?.start !== undefined && toucher.starts.size < MOST_STARTS)
      toucher.starts.add(goroutine.start);
    const step = stepOf(event);
    toucher.counts.set(step, (toucher.counts.get(step) ?? 0) + 1);
  }
}

/** What an event says about the key afterwards, if anything. */
function stateAfter({ op, found, map }: TraceEvent): State | undefined {
  if (map.address === undefined) return 'gone';
  if (op === 'assign') return 'there';
  if (op === 'delete' || op === 'clear') return 'gone';
  return found === undefined ? undefined : found ? 'there' : 'gone';
}

function stepOf({ op, found }: TraceEvent): Step {
  if (isRead(op)) return 'reads';
  if (op === 'clear') return 'clears';
  if (found === undefined) return 'unknown';
  if (op === 'delete') return found ? 'deletes' : 'misses';
  return found ? 'updates' : 'inserts';
}

function toLine({ caller, starts, goroutines, counts }: Toucher): TouchedBy {
  return {
    ...(caller === undefined ? {} : { caller }),
    starts: [...starts],
    goroutines: goroutines.size,
    touches: [...counts.values()].reduce((sum, n) => sum + n, 0),
    ...Object.fromEntries(counts),
  };
}
