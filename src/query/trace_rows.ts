import type { MapOp } from '../model/map_op.ts';
import { RECORD_ENTRY } from '../model/record.ts';
import type { TraceEvent } from '../protocol/event.ts';
import type { EventLifter } from '../stream/lift.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';
import type { RowFilter } from './row_filter.ts';
import type { Tally } from './tally.ts';

/** What turning rows into events needs. */
export interface TraceRowsOptions {
  readonly ops: readonly (MapOp | undefined)[];
  readonly filter: RowFilter;
  readonly lifter: EventLifter;
  readonly tally: Tally;
  /** Events that are still wanted; they end the run. */
  readonly wanted: () => number;
  /** Asked last, and only for events that would be delivered. */
  readonly accepts?: ((event: TraceEvent) => boolean) | undefined;
}

/** Turns the rows of a batch that are wanted into events. */
export function traceRows(batch: TracedBatch, options: TraceRowsOptions): TraceEvent[] {
  const { ops, filter, lifter, tally } = options;
  const events: TraceEvent[] = [];
  for (let row = 0; row < batch.length; row++) {
    const op = ops[batch.probe[row] ?? 0];
    if (batch.kind[row] !== RECORD_ENTRY || op === undefined) continue;
    if (!filter.open && !filter.accepts(batch, row)) continue;
    if (options.wanted() <= 0) break;
    const event = lifter.lift(batch, row);
    if (options.accepts?.(event) === false) continue;
    tally.add(op, batch, row);
    events.push(event);
  }
  return events;
}
