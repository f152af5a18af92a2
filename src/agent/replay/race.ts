import { NO_LOSS } from '../../protocol/loss.ts';
import type { Race, RaceLine, RaceOptions, Shared, Writing } from '../../protocol/race.ts';
import type { Summary } from '../../protocol/summary.ts';
import { notInRecording } from './not_in_recording.ts';
import { Pace } from './pace.ts';
import type { Recording } from './recording.ts';
import { RunFacts, typeOf } from './run_facts.ts';
import { typePattern } from '../../query/type_pattern.ts';

/** `race` out of a recording. Error: `not-in-recording`. */
export async function* replayRace(
  recording: Recording,
  options: RaceOptions,
  signal: AbortSignal,
  speed: number | undefined,
): AsyncGenerator<readonly RaceLine[], void> {
  if (recording.about?.recorded.races === false) throw notInRecording(recording.path, 'races');
  const facts = new RunFacts({ type: 'pid', pid: options.pid });
  const pace = new Pace(speed, signal);
  const type = options.map === undefined ? undefined : typePattern(options.map);
  const isMeant = ({ map }: Race | Writing | Shared): boolean =>
    (type === undefined || (map.type !== undefined && type.test(map.type))) &&
    (options.mapAddress === undefined || Number(map.address ?? NaN) === options.mapAddress);
  let summary: Summary | undefined;
  const races = new Set<number>();
  for await (const part of recording.read(['run', 'races'])) {
    if (part.type === 'notice') yield [part];
    else if (part.kind === 'run') yield facts.runLines(part.lines);
    else if (part.kind === 'races')
      for (const line of part.lines) {
        if (typeOf(line) === 'summary') summary = line as Summary;
        const found = findingOf(line);
        if (found === undefined || !isMeant(found)) continue;
        if (found.type === 'race') {
          races.add(found.id);
          await pace.until(Date.parse(found.sides[0].time));
        }
        yield [found];
      }
    if (signal.aborted) break;
  }
  const none: Summary = {
    type: 'summary',
    ended: 'done',
    duration_ms: 0,
    events: 0,
    lost: 0,
    sampled: 0,
    loss: NO_LOSS,
    by_op: {},
  };
  yield [{ ...(summary ?? none), races: races.size }];
}

/** A line of `race` that is whole enough to be shown. */
export function findingOf(line: unknown): Race | Writing | Shared | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const { type, map } = line as Partial<Race>;
  const { sides } = line as { readonly sides?: readonly unknown[] };
  const kind: string | undefined = type;
  if (typeof map !== 'object') return undefined;
  if (kind === 'race') return Array.isArray(sides) && sides.length === 2 ? (line as Race) : undefined;
  return kind === 'writing' || kind === 'shared' ? (line as Writing | Shared) : undefined;
}
