import type { KeptIn, PastOptions } from '../protocol/options.ts';
import type { WhoLine } from '../protocol/questions.ts';
import type { EndReason, Summary } from '../protocol/summary.ts';
import { KeyLife } from '../query/who/key_life.ts';
import { EventTally, KeptEvents } from '../query/who/kept_events.ts';
import { keptNotices } from '../query/who/kept_notices.ts';
import type { KeptLine } from '../query/who/kept_line.ts';
import { linesOfFile, sinceTime, timeBefore } from './kept_file.ts';
import { linesOfRecorder } from './kept_recorder.ts';
import { withMapPath } from './map_path.ts';

/**
 * The life of one key out of what `trace --json -o FILE` or `who --json -o FILE` has kept, or the process itself.
 * Errors: those of `linesOfFile`, `linesOfRecorder` and `withMapPath`.
 */
export async function* pastLines(
  options: PastOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly WhoLine[], void> {
  const began = performance.now();
  const { kept: source, sinceMs } = options;
  const from = sinceMs === undefined ? undefined : await startOf(source, sinceMs);
  const [life, kept, tally] = [new KeyLife(), new KeptEvents(filtersOf(options)), new EventTally()];
  let [lost, sampled] = [0, 0];
  let batch: WhoLine[] = [];
  let ended: EndReason = 'done';
  for await (const lines of batchesOf(source)) {
    for (const line of lines) {
      if (line.type === 'attached') batch.push(line);
      if (line.type === 'summary') [lost, sampled] = [lost + line.lost, sampled + line.sampled];
      if (line.type !== 'event' || (from !== undefined && line.time < from)) continue;
      if (!kept.accepts(line) || !life.take(line)) continue;
      batch.push(line);
      tally.add(line);
      if (tally.events === options.count) ended = 'count';
      if (ended === 'count') break;
    }
    yield batch;
    batch = [];
    if (signal.aborted) ended = 'ctrl-c';
    if (ended !== 'done') break;
  }
  const summary: Summary = {
    type: 'summary',
    ended,
    duration_ms: Math.round(performance.now() - began),
    events: tally.events,
    lost,
    sampled,
    loss: { ring_full: lost, output_slow: 0, key_unreadable: 0, stack_unreadable: 0, len_unreadable: 0 },
    by_op: tally.byOp(),
  };
  yield [...keptNotices(kept), life.touched(), summary];
}

/** Operations that a process keeps are all at hand at once. */
async function* batchesOf(kept: KeptIn): AsyncGenerator<readonly KeptLine[]> {
  if (kept.type === 'file') yield* linesOfFile(kept.path);
  else yield linesOfRecorder(kept.pid, kept.frames);
}

/** The time of the first event that counts, as events write theirs; undefined: all do. */
function startOf(kept: KeptIn, sinceMs: number): Promise<string | undefined> | string | undefined {
  return kept.type === 'file' ? sinceTime(kept.path, sinceMs) : timeBefore(Date.now(), sinceMs);
}

/** A variable stands for the map that it holds now, where there is a process to ask. */
const filtersOf = ({ kept, filters }: PastOptions): PastOptions['filters'] =>
  kept.type === 'file' ? filters : withMapPath({ type: 'pid', pid: kept.pid }, filters);
