import type { Questions } from '../../protocol/questions.ts';
import type { Replay, ReplayOptions } from '../../protocol/replay.ts';
import { replayGrow } from './grow.ts';
import { notInRecording } from './not_in_recording.ts';
import { replayRace } from './race.ts';
import { Recording } from './recording.ts';
import { replayTop } from './top.ts';
import { replayTrace } from './trace.ts';
import { replayWho } from './who.ts';

/** Opens a recording as if it were the program. Errors: those of `Recording.open`. */
export async function openReplay({ path, speed }: ReplayOptions): Promise<Replay> {
  const recording = await Recording.open(path);
  const about = recording.about?.recorded;
  return {
    ...(about === undefined
      ? {}
      : { selection: about.selection, filters: about.filters, keys: about.keys, frames: about.frames }),
    questions: questionsOf(recording, speed),
  };
}

function questionsOf(recording: Recording, speed: number | undefined): Questions {
  const fail = (what: 'memory' | 'facts') => (): never => {
    throw notInRecording(recording.path, what);
  };
  const never = (what: 'memory' | 'facts') => (): Promise<never> =>
    Promise.reject(notInRecording(recording.path, what));
  return {
    ps: never('memory'),
    check: never('memory'),
    explain: never('memory'),
    maps: fail('memory'),
    trace: (options, signal) => replayTrace(recording, options, signal, speed === undefined ? {} : { speed }),
    who: (options, signal) => replayWho(recording, options, signal, speed),
    past: fail('memory'),
    grow: (options, signal) => replayGrow(recording, options, signal, speed),
    advise: fail('memory'),
    break: fail('facts'),
    inspect: fail('memory'),
    serve: async (options) => {
      // The store is large, and nobody else needs it.
      const { replayService } = await import('./serve.ts');
      return await replayService(recording, options, speed);
    },
    watch: fail('memory'),
    race: (options, signal) => replayRace(recording, options, signal, speed),
    top: (options, signal) => replayTop(recording, options, signal, speed),
    crash: never('memory'),
    detach: never('memory'),
    record: fail('memory'),
    replay: never('memory'),
    report: never('memory'),
    export: fail('memory'),
    query: never('memory'),
    rules: fail('memory'),
    dashboards: never('memory'),
    close: () => Promise.resolve(),
  };
}
