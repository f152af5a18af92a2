import { MARK_BITS, RECORD } from '../model/record.ts';
import type { RingChunk } from '../model/ring_chunk.ts';
import { Columns } from './columns.ts';
import { decodeRows, recordBytes, type RecordOptions } from './decode_rows.ts';
import { RecordLog } from './record_log.ts';
import type { TracedBatch } from './traced_batch.ts';

/** Why a record was written, and which watch it belongs to. */
export interface Mark {
  /** MARK_* */
  readonly why: number;
  /** Of MARK_WATCHED and MARK_MET. */
  readonly watch: number;
}

/** What a race probe's records have: keys and frames. */
const OPTIONS: RecordOptions = { keyArea: true, keepKeys: true, keepFrames: true };

/**
 * Decodes the records of a race probe as they come: there are few, and which belong together their marks say. Rows
 * are valid until `consume` returns.
 */
export function decodeRaceRecords(
  chunk: RingChunk,
  consume: (batch: TracedBatch, marks: readonly Mark[]) => void,
): void {
  const log = new RecordLog();
  const start = log.append(chunk.bytes);
  const { words } = log;
  const positions: number[] = [];
  for (let i = 0; i < chunk.count; i++) {
    const at = start + ((chunk.offsets[i] ?? 0) >>> 2);
    if (recordBytes(words, at, OPTIONS) <= (chunk.lengths[i] ?? 0)) positions.push(at);
  }
  if (positions.length === 0) return;
  const columns = new Columns(positions.length);
  columns.length = positions.length;
  columns.payload = log.bytes;
  decodeRows(words, Uint32Array.from(positions), positions.length, columns, OPTIONS);
  const marks = positions.map((at) => {
    const mark = words[at + RECORD.mark / 4] ?? 0;
    return { why: mark & ((1 << MARK_BITS) - 1), watch: mark >>> MARK_BITS };
  });
  consume(columns, marks);
}
