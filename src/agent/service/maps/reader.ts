/**
 * The process that reads the memory of audited programs: `serve` starts it and asks it, one question after the other.
 * To follow all pointers of a program takes seconds the first time, and rings would overflow meanwhile.
 */
import { setPriority } from 'node:os';
import { isMapauditError, messageOf } from '../../../base/errors.ts';
import { pid as toPid } from '../../../model/ids.ts';
import type { MapsOptions } from '../../../protocol/maps.ts';
import { type MapsSource, processSource } from '../../maps_source.ts';
import { ProcessMaps } from '../../process_maps.ts';
import { noSuchProcess, Target } from '../../target.ts';
import type { LookAnswer, LookAsked } from './messages.ts';
import { mapsFound, MOST_MAPS } from './states_of.ts';

/** CPU time for each half of a look; what was not seen by then is said. */
const PATIENCE_MS = 10_000;
/** Programs whose types and debug information are kept for the next look; each takes up to 100 MB. */
const MOST_OPEN = 4;
/** Whoever waits for the processor goes first: getpriority(2). */
const NICE = 10;

/** Programs that are open, the one that was looked at last at the end. */
const open = new Map<string, MapsSource>();

function sourceOf({ pid, startTime }: LookAsked): MapsSource {
  const name = `${pid} ${startTime}`;
  const known = open.get(name);
  open.delete(name);
  if (known !== undefined && !known.ended()) {
    open.set(name, known);
    return known;
  }
  known?.close();
  for (const [other, source] of open) {
    if (open.size < MOST_OPEN) break;
    open.delete(other);
    source.close();
  }
  const target = Target.open(toPid(pid));
  if (target.facts.startTime !== startTime) {
    target.close();
    throw noSuchProcess(pid);
  }
  const source = processSource(target);
  open.set(name, source);
  return source;
}

const optionsOf = (pid: number): MapsOptions => ({
  selection: { type: 'pid', pid: toPid(pid) },
  sort: 'bytes',
  minLen: 0,
  limit: MOST_MAPS,
  families: false,
  held: false,
  patienceMs: PATIENCE_MS,
});

function answerTo(asked: LookAsked): LookAnswer {
  const before = process.cpuUsage();
  const cpuMs = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  try {
    const found = mapsFound(new ProcessMaps(sourceOf(asked), optionsOf(asked.pid)).lines());
    return { type: 'found', found, cpuMs: cpuMs() };
  } catch (error) {
    const { code, hint } = isMapauditError(error) ? error : { code: 'fault', hint: undefined };
    const told = { type: 'failed' as const, code, message: messageOf(error), cpuMs: cpuMs() };
    return hint === undefined ? told : { ...told, hint };
  }
}

try {
  setPriority(NICE);
} catch {
  // It reads all the same.
}
// Ctrl-C is for the one that started it: its end is the channel's.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (asked: LookAsked) => process.send?.(answerTo(asked)));
