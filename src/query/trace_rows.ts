import type { MapOp } from '../model/map_op.ts';
import { RECORD_ENTRY } from '../model/record.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';
import type { EventOutput } from './event_output.ts';
import type { RowFilter } from './row_filter.ts';
import type { Tally } from './tally.ts';

/** What turning rows into events needs. */
export interface TraceRowsOptions {
  readonly ops: readonly (MapOp | undefined)[];
  readonly filter: RowFilter;
  readonly output: EventOutput;
  readonly tally: Tally;
  /** Events that are still wanted; they end the run. */
  readonly wanted: () => number;
}

/** Puts the rows of a batch that are wanted into the output. */
export function traceRows(batch: TracedBatch, options: TraceRowsOptions): void {
  const { ops, filter, output, tally } = options;
  for (let row = 0; row < batch.length; row++) {
    const op = ops[batch.probe[row] ?? 0];
    if (batch.kind[row] !== RECORD_ENTRY || op === undefined) continue;
    if (!filter.open && !filter.accepts(batch, row)) continue;
    if (options.wanted() <= 0) break;
    if (output.add(batch, row)) tally.add(op, batch, row);
  }
}
