import { setImmediate as turn } from 'node:timers/promises';
import { isMapauditError, MapauditError } from '../base/errors.ts';
import { type DebugInfo, openDebugInfo } from '../go/debug/debug_info.ts';
import type { Program } from '../inspect/place/program.ts';
import { toAddr } from '../model/addr.ts';
import { pid as toPid } from '../model/ids.ts';
import type { CoreSubject, InspectLine, InspectOptions, InspectQuestion } from '../protocol/inspect.ts';
import { NO_LOSS } from '../protocol/loss.ts';
import type { EndReason, Summary } from '../protocol/summary.ts';
import { Inspection, type InspectionEnd } from '../query/inspect/inspection.ts';
import { Patience } from '../query/inspect/patience.ts';
import { findSubject } from '../query/inspect/subject.ts';
import { readSyncMap } from '../query/inspect/sync_map_lines.ts';
import { inflate } from '../sys/inflate.ts';
import { pause } from '../sys/pause.ts';
import { cutOffNotice, openCoreTarget } from './core_target.ts';
import { Target } from './target.ts';

/** How often it is looked whether the process still runs. */
const LOOK_MS = 100;

/** Inspects a map of a running process, or of a core dump. */
export async function* inspectLines(
  options: InspectOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly InspectLine[], void> {
  if ('core' in options) {
    yield* coreLines(options, signal);
    return;
  }
  const target = Target.open(toPid(options.pid));
  try {
    mustBeReadable(target);
    yield* inspectProgram(programOf(target), options, signal, (wait) => target.ended(wait));
  } finally {
    target.close();
  }
}

async function* coreLines(
  options: CoreSubject & InspectQuestion,
  signal: AbortSignal,
): AsyncGenerator<readonly InspectLine[], void> {
  const target = openCoreTarget(options.core, options.exe);
  const { program } = target;
  try {
    if (program.core.cutOff) yield [cutOffNotice(options.core)];
    yield* inspectProgram(program, options, signal, () => undefined);
  } finally {
    target.close();
  }
}

/** How the program has ended, if it has; with `wait` it may be about to. */
type Ended = (wait?: 'wait') => EndReason | undefined;

/** Inspects a map in any memory. `ended` says that the memory is gone. */
export async function* inspectProgram(
  program: Program,
  question: InspectQuestion,
  signal: AbortSignal,
  ended: Ended,
): AsyncGenerator<readonly InspectLine[], void> {
  let at: unknown;
  let damaged = 0;
  for (let tries = MOST_REPLACED; ; tries--) {
    let told = false;
    try {
      for await (const lines of inspectOnce(program, question, signal, ended)) {
        told = true;
        yield lines;
      }
      return;
    } catch (error) {
      // The program makes it anew again and again: one of these maps may live as long as it is read.
      const isPassing = isMapauditError(error, 'map-replaced') || isMapauditError(error, 'damaged-map');
      if (!isPassing || told || tries === 0) throw error;
      if (error.code === 'map-replaced') continue;
      // Only what is damaged each time, at the same place, is.
      const { address } = error.fields;
      damaged = address === at ? damaged + 1 : 1;
      at = address;
      if (damaged === SURE) throw error;
    }
  }
}

/** How often a map that was replaced while it was read is looked for again. */
const MOST_REPLACED = 8;
const SURE = 3;

async function* inspectOnce(
  program: Program,
  question: InspectQuestion,
  signal: AbortSignal,
  ended: Ended,
): AsyncGenerator<readonly InspectLine[], void> {
  const began = performance.now();
  const patience = new Patience(question.timeoutMs, pause);
  const subject = whileAlive(ended, () => findSubject(program, question.subject, patience));
  if ('syncMap' in subject) {
    const { lines: all, end } = whileAlive(ended, () => readSyncMap(program, subject, question, patience));
    const limited = end.limited ? 'count' : 'done';
    yield [...all, summaryOf(end, ended() ?? limited, performance.now() - began)];
    return;
  }
  const inspection = whileAlive(ended, () => new Inspection(program, subject, question, patience));
  let looked = performance.now();
  let end: EndReason | undefined;
  const lines = inspection.lines();
  for (;;) {
    const step = unlessGone(ended, () => lines.next());
    if (step === undefined || step.done === true) break;
    if (step.value.length > 0) yield step.value;
    await turn();
    end = signal.aborted ? 'ctrl-c' : undefined;
    if (end === undefined && performance.now() - looked > LOOK_MS) {
      end = ended();
      looked = performance.now();
    }
    if (end !== undefined) break;
  }
  const gone = end ?? ended();
  const head = gone === undefined ? [] : inspection.head();
  yield [...head, summaryOf(inspection.end(), gone, performance.now() - began)];
}

/** A map that cannot be read any more is no error when the whole program has gone: undefined then. */
function unlessGone<T>(ended: Ended, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isMapauditError(error) || ended('wait') === undefined) throw error;
    return undefined;
  }
}

/** What is wrong with a program's memory is that the program has ended, if it has. */
function whileAlive<T>(ended: Ended, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!isMapauditError(cause) || ended('wait') === undefined) throw cause;
    throw new MapauditError('target-exited', 'the program has ended meanwhile', {
      hint: 'mapaudit ps lists the Go processes that run now.',
      cause,
    });
  }
}

function mustBeReadable({ memory, binary, bias, pid }: Target): void {
  if (memory.read(toAddr(binary.moduleData.text, bias), 1) !== undefined) return;
  throw new MapauditError('no-permission', `the memory of process ${pid} may not be read`, {
    hint: 'Run it with sudo; in a container it needs CAP_SYS_PTRACE.',
    fields: { pid },
  });
}

/** The target with its debug information, which is read when it is asked for. */
export function programOf(target: Target): Program {
  const { binary, bias, memory, types } = target;
  let opened: { readonly debug: DebugInfo | undefined } | undefined;
  return {
    binary,
    bias,
    memory,
    types,
    get debug() {
      opened ??= { debug: debugOf(target) };
      return opened.debug;
    },
  };
}

function debugOf({ binary, bias, types }: Target): DebugInfo | undefined {
  try {
    return openDebugInfo(binary, inflate, types, bias);
  } catch (error) {
    if (isMapauditError(error, 'no-dwarf')) return undefined;
    throw error;
  }
}

function summaryOf({ inspected, limited }: InspectionEnd, gone: EndReason | undefined, ms: number): Summary {
  return {
    type: 'summary',
    ended: gone ?? (limited ? 'count' : 'done'),
    duration_ms: Math.round(ms),
    events: inspected.entries,
    lost: 0,
    sampled: 0,
    loss: NO_LOSS,
    by_op: {},
    inspected,
  };
}
