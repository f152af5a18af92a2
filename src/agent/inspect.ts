import { setImmediate as turn } from 'node:timers/promises';
import { isMapauditError } from '../base/errors.ts';
import { type DebugInfo, openDebugInfo } from '../go/debug/debug_info.ts';
import type { Program } from '../inspect/place/program.ts';
import { pid as toPid } from '../model/ids.ts';
import type { InspectLine, InspectOptions } from '../protocol/inspect.ts';
import { NO_LOSS } from '../protocol/loss.ts';
import type { EndReason, Summary } from '../protocol/summary.ts';
import { Inspection, type InspectionEnd } from '../query/inspect/inspection.ts';
import { Patience } from '../query/inspect/patience.ts';
import { findSubject } from '../query/inspect/subject.ts';
import { inflate } from '../sys/inflate.ts';
import { pause } from '../sys/pause.ts';
import { Target } from './target.ts';

/** How often it is looked whether the process still runs. */
const LOOK_MS = 100;

/** What `inspect` is asked of any program. */
export type InspectQuestion = Omit<InspectOptions, 'pid'>;

/** Inspects a map of a running process. */
export async function* inspectLines(
  options: InspectOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly InspectLine[], void> {
  const target = Target.open(toPid(options.pid));
  try {
    yield* inspectProgram(programOf(target), options, signal, () => target.ended());
  } finally {
    target.close();
  }
}

/** Inspects a map in any memory. `ended` says that the memory is gone. */
export async function* inspectProgram(
  program: Program,
  question: InspectQuestion,
  signal: AbortSignal,
  ended: () => EndReason | undefined,
): AsyncGenerator<readonly InspectLine[], void> {
  const began = performance.now();
  const patience = new Patience(question.timeoutMs, pause);
  const subject = findSubject(program, question.subject, () => patience.pause());
  const inspection = new Inspection(program, subject, question, patience);
  let looked = performance.now();
  let end: EndReason | undefined;
  for (const batch of inspection.lines()) {
    if (batch.length > 0) yield batch;
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
