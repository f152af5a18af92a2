import type { WhoOptions } from '../protocol/options.ts';
import type { WhoLine } from '../protocol/questions.ts';
import { KeyLife } from '../query/who/key_life.ts';
import { withMapPath } from './map_path.ts';
import { traceLines } from './trace.ts';

/** A running `who`: a trace of one key, and who touched it before the summary. */
export async function* whoLines(
  options: WhoOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly WhoLine[], void> {
  const life = new KeyLife();
  const filters = withMapPath(options.selection, options.filters);
  for await (const lines of traceLines({ ...options, filters, sampleEvery: 1 }, signal, {
    accepts: (e) => life.take(e),
  }))
    yield lines.flatMap((line): WhoLine[] => {
      if (line.type === 'encoded') return []; // not asked for
      return line.type === 'summary' ? [life.touched(), line] : [line];
    });
}
