import type { WhoOptions } from '../../protocol/options.ts';
import type { WhoLine } from '../../protocol/questions.ts';
import { KeyLife } from '../../query/who/key_life.ts';
import type { Recording } from './recording.ts';
import { replayTrace } from './trace.ts';

/** `who` out of a recording. */
export async function* replayWho(
  recording: Recording,
  options: WhoOptions,
  signal: AbortSignal,
  speed: number | undefined,
): AsyncGenerator<readonly WhoLine[], void> {
  const life = new KeyLife();
  const lines = replayTrace(recording, { ...options, sampleEvery: 1 }, signal, {
    ...(speed === undefined ? {} : { speed }),
    accepts: (event) => life.take(event),
  });
  for await (const batch of lines)
    yield batch.flatMap((line): WhoLine[] => {
      if (line.type === 'encoded') return []; // not asked for
      return line.type === 'summary' ? [life.touched(), line] : [line];
    });
}
