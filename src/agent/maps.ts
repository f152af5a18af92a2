import type { Closable } from '../base/dispose.ts';
import { isMapauditError, MapauditError } from '../base/errors.ts';
import type { MapsLine, MapsOptions } from '../protocol/maps.ts';
import type { ProbeKind } from '../protocol/options.ts';
import type { Notice } from '../protocol/notice.ts';
import type { Selection } from '../protocol/selection.ts';
import { cutOffNotice, openCoreTarget } from './core_target.ts';
import { MapsAdviser } from './maps_adviser.ts';
import { MapsObserver } from './maps_observer.ts';
import { coreSource, processSource } from './maps_source.ts';
import { ProcessMaps } from './process_maps.ts';
import { RunClock } from './run_clock.ts';
import { selectPids } from './select.ts';
import { noSuchProcess, Target } from './target.ts';

/**
 * The answer to `maps`, process by process: what memory tells, and with `observeMs` what was seen meanwhile. In a core
 * dump nothing is seen. Errors: those of `openCoreTarget`; `no-such-process`.
 */
export async function* mapsLines(
  options: MapsOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly MapsLine[], void> {
  const notices: Notice[] = [];
  const subjects = new Subjects(options, (notice) => notices.push(notice));
  try {
    yield notices.splice(0);
    const { selection, observeMs } = options;
    if (observeMs !== undefined && selection.type !== 'core')
      yield* observe(subjects, selection, { observeMs, kind: options.probe ?? 'auto' }, signal);
    else for (const subject of subjects.all) yield subject.lines();
  } finally {
    subjects.close();
  }
}

/** Watches the maps of all processes for a while, and then lists them. */
async function* observe(
  subjects: Subjects,
  selection: Selection,
  { observeMs: durationMs, kind }: { readonly observeMs: number; readonly kind: ProbeKind },
  signal: AbortSignal,
): AsyncGenerator<readonly MapsLine[], void> {
  for (const subject of subjects.all) subject.lookBefore();
  const observer = new MapsObserver(selection, kind);
  // Lengths and operations are of the same moments.
  const began = performance.now();
  observer.begin();
  for (const subject of subjects.all) subject.lengthsBefore();
  const advisers: MapsAdviser[] = [];
  try {
    for (const { pid } of subjects.all) {
      const adviser = pid === undefined ? undefined : MapsAdviser.of(pid, durationMs);
      if (adviser instanceof MapsAdviser) advisers.push(adviser);
      else if (adviser !== undefined) yield [adviser];
    }
    yield observer.takeLines();
    const clock = new RunClock(durationMs, signal);
    while (clock.ended === undefined && observer.ended === undefined) {
      observer.step(clock.isTimeToLook);
      for (const adviser of advisers) adviser.step();
      const lines = observer.takeLines();
      if (lines.length > 0) yield lines;
      await clock.tick(Math.max(observer.fill, ...advisers.map(({ fill }) => fill)));
    }
    const elapsedMs = performance.now() - began;
    // At the moment up to which operations are counted.
    for (const subject of subjects.all) subject.lengthsAfter();
    const seen = observer.finish(elapsedMs);
    for (const adviser of advisers) adviser.finish(elapsedMs);
    for (const subject of subjects.all)
      subject.observed(
        seen.filter((map) => map.pid === subject.pid),
        elapsedMs,
        advisers.find(({ pid }) => pid === subject.pid),
      );
    yield observer.takeLines();
    for (const subject of subjects.all) yield subject.ended ? [leftNotice(subject)] : subject.lines();
    if (subjects.all.every(({ ended }) => ended))
      throw new MapauditError('target-exited', 'the program has ended while it was watched', {
        hint: 'Its maps are gone with it. mapaudit ps lists the Go processes that run now.',
      });
  } finally {
    for (const adviser of advisers) adviser.close();
    observer.close();
  }
}

const leftNotice = ({ pid }: ProcessMaps): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'process-left',
  message: `pid ${pid ?? '?'} has ended meanwhile: its maps are not listed`,
});

/** The processes of a selection that can be looked into. */
class Subjects implements Closable {
  readonly all: readonly ProcessMaps[];

  constructor(options: MapsOptions, tell: (notice: Notice) => void) {
    const { selection } = options;
    if (selection.type === 'core') {
      const target = openCoreTarget(selection.core, selection.exe);
      if (target.program.core.cutOff) tell(cutOffNotice(selection.core));
      this.all = [new ProcessMaps(coreSource(target), options)];
      return;
    }
    this.all = selectPids(selection).flatMap((pid) => {
      try {
        return [new ProcessMaps(processSource(Target.open(pid)), options)];
      } catch (error) {
        const notice = passedOver(error, pid, selection);
        if (notice !== undefined) tell(notice);
        return [];
      }
    });
    if (this.all.length === 0) throw noProcess(selection);
  }

  close(): void {
    for (const one of this.all) one.close();
  }
}

/** What is said of a process that cannot be looked into; throws when it was the only one that was asked for. */
function passedOver(error: unknown, pid: number, selection: Selection): Notice | undefined {
  if (!isMapauditError(error) || selection.type === 'pid') throw error;
  if (error.code === 'not-go' || error.code === 'no-such-process') return undefined;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  const message = `pid ${pid} is not looked into: ${error.message}`;
  return { type: 'notice', level: 'warning', code: 'not-looked-into', message, ...hint };
}

function noProcess(selection: Selection): Error {
  if (selection.type === 'pid') return noSuchProcess(selection.pid);
  const what = selection.type === 'exe' ? `runs ${selection.path}` : `is called ${selection.glob}`;
  return new MapauditError('no-such-process', `no Go process that can be looked into ${what}`, {
    hint: 'mapaudit ps lists the Go processes that run now.',
  });
}
