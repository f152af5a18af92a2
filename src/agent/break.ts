import { MapauditError } from '../base/errors.ts';
import type { TraceEvent } from '../protocol/event.ts';
import type { Stop } from '../protocol/stop.ts';
import type { BreakOptions } from '../protocol/options.ts';
import type { BreakLine } from '../protocol/questions.ts';
import { parseCondition } from '../query/condition/parse.ts';
import { filtersWith } from '../query/condition/pushdown.ts';
import { withMapPath } from './map_path.ts';
import { traceLines } from './trace.ts';

/** A running `break`: a trace whose filters follow from the condition, as far as they can. */
export async function* breakLines(
  options: BreakOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly BreakLine[], void> {
  const { condition: text, mapPath, ...run } = options;
  const condition = text === undefined ? undefined : parseCondition(text);
  const filters = condition === undefined ? run.filters : filtersWith(condition, run.filters);
  if (filters.ops.length === 0) throw neverHolds(run.filters.ops);
  const mapped = mapPath === undefined ? filters : withMapPath(run.selection, filters, mapPath);
  const trace = { ...run, filters: mapped, sampleEvery: 1 };
  const extras = { facts: true, ...(condition === undefined ? {} : { condition }) };
  for await (const lines of traceLines(trace, signal, extras))
    yield lines.flatMap((line): BreakLine[] => {
      if (line.type === 'encoded') return []; // not asked for
      return [line.type === 'event' ? stopOf(line) : line];
    });
}

function stopOf({ facts, ...event }: TraceEvent): Stop {
  return { ...event, ...facts, type: 'stop' };
}

function neverHolds(ops: readonly string[]): MapauditError {
  return new MapauditError(
    'usage-condition',
    `--if: no operation of --on (${ops.join(', ')}) can meet this`,
    {
      hint: 'Leave op == … out of the condition, or name the operation in --on.',
    },
  );
}
