import { basename } from 'node:path';
import { randomBytes } from 'node:crypto';
import { MAP_OPS } from '../model/map_op.ts';
import { openGoBinary } from '../go/go_binary.ts';
import { type Addr, bias, hex } from '../model/addr.ts';
import { wallOffsetNs } from '../sys/clock.ts';
import { openFile } from '../sys/file_source.ts';
import { packageOfFunction } from '../inspect/stack/frame_scope.ts';
import { hookPlan } from '../probe/build/hook_plan.ts';
import type { Recording } from '../probe/build/recording.ts';
import { rfc3339 } from '../stream/wall_clock.ts';
import type { Crash, CrashLine, CrashOptions } from '../protocol/crash.ts';
import type { TraceEvent } from '../protocol/event.ts';
import { NO_LOSS } from '../protocol/loss.ts';
import type { TraceOptions } from '../protocol/options.ts';
import { Tally } from '../query/tally.ts';
import { versionName } from '../query/version_name.ts';
import type { EventSource } from './audit.ts';
import { Program } from './program.ts';
import { recordingOf } from './recording_of.ts';
import { TraceStream } from './trace_stream.ts';

/** The last operations before the end of a program. Errors: those of `recordingOf`, `openFile` and `openGoBinary`. */
export function crash({ subject, exe, frames, limit }: CrashOptions): readonly CrashLine[] {
  const recording = recordingOf(subject);
  const target = programOf(recording, exe);
  try {
    const tally = new Tally();
    const map = recording.crashMap((caller) => !isRuntimes(target, caller));
    const shared = { options: optionsFor(recording, frames, map), effects: 'exit', tally } as const;
    const stream = new TraceStream(sourceOf(recording, target), {
      ...shared,
      wanted: () => Infinity,
      salt: randomBytes(32),
    });
    const all = stream.finish().events.filter((event): event is TraceEvent => event.type === 'event');
    const events = limit === undefined ? all : all.slice(-limit);
    // Sums of all would not be sums of what is shown.
    const by_op = limit === undefined ? tally.byOp() : {};
    return [
      headOf(recording, target, map),
      ...events,
      {
        type: 'summary',
        ended: 'done',
        duration_ms: 0,
        events: events.length,
        lost: recording.outside,
        sampled: 0,
        loss: { ...NO_LOSS, ring_full: recording.outside, key_unreadable: tally.keyUnreadable },
        by_op,
      },
    ];
  } finally {
    target.close();
  }
}

/** A program that has gone: what its binary tells. */
function programOf({ exe, text }: Recording, given = exe): Program {
  const file = openFile(given);
  try {
    const binary = openGoBinary(file);
    return new Program(binary, bias(text - binary.moduleData.text), undefined, () => file.close());
  } catch (error) {
    file.close();
    throw error;
  }
}

function sourceOf({ probe }: Recording, target: Program): EventSource {
  const { version, flavour, offsets } = target.binary;
  const nothing = (): void => undefined;
  return {
    plan: hookPlan({ version, flavour, offsets, ops: MAP_OPS, exits: true }),
    probe,
    target: () => target,
    planUnplanned: nothing,
    moved: () => [],
    setVerdict: nothing,
    siteCounts: () => [],
  };
}

/** The runtime reads maps of its own while it prints why the program ends. */
const isRuntimes = (target: Program, caller: Addr): boolean =>
  packageOfFunction(target.functionName(caller) ?? '') === 'runtime';

function optionsFor({ pid }: Recording, frames: number, map: Addr | undefined): TraceOptions {
  return {
    selection: { type: 'pid', pid },
    filters: { ops: MAP_OPS, ...(map === undefined ? {} : { mapAddress: map }) },
    keys: { type: 'full' },
    effects: 'exit',
    probe: 'build',
    // Of what was done, only the last is left: no conclusion may be drawn from what is not there.
    sampleEvery: 2,
    frames,
  };
}

function headOf(
  { pid, exe, crashed, crashGoid, lent, rings }: Recording,
  { binary }: Program,
  map: Addr | undefined,
): Crash {
  return {
    type: 'crash',
    pid,
    name: basename(exe),
    go_version: versionName(binary.version),
    crashed,
    ...(crashed && crashGoid > 0 ? { goroutine: crashGoid } : {}),
    ...(lent === undefined ? {} : { lent: lentTimes(lent) }),
    ...(rings.unread === 0 ? {} : { rings }),
    ...(map === undefined ? {} : { map: { address: hex(map) } }),
  };
}

function lentTimes({ fromNs, toNs }: NonNullable<Recording['lent']>): NonNullable<Crash['lent']> {
  const offset = wallOffsetNs();
  return { from: rfc3339(fromNs + offset), ...(toNs === undefined ? {} : { to: rfc3339(toNs + offset) }) };
}
