import { MapauditError } from '../../src/base/errors.ts';
import type { AdviseLine, AdviseOptions } from '../../src/protocol/advice.ts';
import type { InspectLine, InspectOptions } from '../../src/protocol/inspect.ts';
import type {
  BreakOptions,
  GrowOptions,
  TopOptions,
  TraceOptions,
  WhoOptions,
} from '../../src/protocol/options.ts';
import type {
  BreakLine,
  GrowLine,
  Questions,
  TopLine,
  TraceLine,
  WhoLine,
} from '../../src/protocol/questions.ts';
import type { RecordLine, RecordOptions } from '../../src/protocol/evidence.ts';
import type { ExportPart } from '../../src/protocol/export.ts';
import type { RaceLine, RaceOptions } from '../../src/protocol/race.ts';
import type { WatchLine, WatchOptions } from '../../src/protocol/watch.ts';
import type { MapsLine, MapsOptions } from '../../src/protocol/maps.ts';
import type { EndReason } from '../../src/protocol/summary.ts';
import { listedMaps, mapsReport } from './maps_samples.ts';
import {
  attached,
  bareHit,
  checkReport,
  event,
  explainReport,
  hit,
  crash,
  detached,
  entryLine,
  heats,
  hostileEvent,
  inspectSummary,
  processes,
  slotLines,
  snapshot,
  summary,
  keyHit,
  watching,
  watchSummary,
} from './samples.ts';
import { classicMap, keyPaths, swissMap } from './map_samples.ts';
import { advice, advised } from './advice_samples.ts';
import { raceFound, raceSummary, shared, writing } from './race_samples.ts';
import { growthRates, growths, stop, touched } from './samples_know.ts';
import { recordingBytes, recorded, report, table } from './samples_evidence.ts';
import { rulesAnswered } from './samples_rules.ts';

/** What the fake does, chosen by the pid that is asked for. */
const NO_SUCH_PID = 99999;
const ENDLESS_PID = 5000;
const DYING_PID = 6000;
const HOSTILE_PID = 7000;
const FAILING_PID = 8000;

const BATCH = 200;

const RUN = {
  selection: { type: 'pid', pid: 1 },
  keys: { type: 'full' },
  effects: 'auto',
  probe: 'auto',
  frames: 0,
} as const;

/** Answers everything from samples, with the same rules of ending as the real one. Touches no process. */
export function fakeQuestions(): Questions {
  return {
    ps: () => Promise.resolve(processes),
    check: (subject) => {
      if (subject.type === 'pid' && subject.pid === NO_SUCH_PID) return Promise.reject(noSuchProcess());
      return Promise.resolve([checkReport]);
    },
    explain: (options) =>
      options.subject.type === 'pid' && options.subject.pid === NO_SUCH_PID
        ? Promise.reject(noSuchProcess())
        : Promise.resolve(explainReport),
    maps,
    trace,
    who,
    past: (options, signal) => who({ ...RUN, filters: options.filters }, signal),
    grow,
    advise,
    break: breakpoint,
    top: (options, signal) => {
      let keys = false;
      return { lines: top(options, signal, () => keys), wantKeys: (on) => (keys = on) };
    },
    inspect,
    watch,
    race,
    detach: () => Promise.resolve(detached),
    crash: () => Promise.resolve([crash, event(0), summary(1, 'done')]),
    record,
    replay: () =>
      Promise.resolve({ selection: { type: 'pid', pid: 4242 }, questions: fakeQuestions() } as const),
    report: () => Promise.resolve({ report, notices: [] }),
    export: exported,
    serve: () => Promise.reject(noSuchProcess()),
    query: () => Promise.resolve(table),
    rules: rulesAnswered,
    dashboards: () => Promise.resolve([{ path: 'a/b.yml', text: 'x\n' }]),
    close: () => Promise.resolve(),
  };
}

async function* record(options: RecordOptions): AsyncGenerator<readonly RecordLine[]> {
  yield [
    { ...attached, pid: pidOf(options) },
    { type: 'bytes', bytes: recordingBytes },
  ];
  await Promise.resolve();
  yield [recorded, summary(6, 'duration')];
}

async function* exported(): AsyncGenerator<ExportPart> {
  await Promise.resolve();
  yield { type: 'bytes', bytes: Buffer.from('exported\n') };
}

function noSuchProcess(): MapauditError {
  return new MapauditError('no-such-process', `no process has pid ${NO_SUCH_PID}`, {
    fields: { pid: NO_SUCH_PID },
    hint: 'To see what runs here: mapaudit ps.',
  });
}

async function* maps(options: MapsOptions): AsyncGenerator<readonly MapsLine[]> {
  const pid = options.selection.type === 'pid' ? options.selection.pid : 4242;
  if (pid === NO_SUCH_PID) throw noSuchProcess();
  if (options.observeMs !== undefined) yield [{ ...attached, pid }];
  const maps = listedMaps(options.observeMs !== undefined).map((map) => ({ ...map, pid }));
  await Promise.resolve();
  yield [...maps, mapsReport(pid, options)];
}

function pidOf(options: Pick<TraceOptions, 'selection'>): number {
  return options.selection.type === 'pid' ? options.selection.pid : 4242;
}

async function* trace(options: TraceOptions, signal: AbortSignal): AsyncGenerator<readonly TraceLine[]> {
  const pid = pidOf(options);
  if (pid === NO_SUCH_PID) throw noSuchProcess();
  yield [{ ...attached, pid }];
  const make = pid === HOSTILE_PID ? hostileEvent : event;
  const most = options.count ?? (pid === ENDLESS_PID ? Infinity : 6);
  let sent = 0;
  while (sent < most && !signal.aborted) {
    const size = Math.min(BATCH, most - sent);
    yield Array.from({ length: size }, (_, i) => make(sent + i, options));
    sent += size;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const ended: EndReason = signal.aborted
    ? 'ctrl-c'
    : options.count === undefined
      ? 'target-exited'
      : 'count';
  yield [summary(sent, ended)];
}

async function* advise(options: AdviseOptions): AsyncGenerator<readonly AdviseLine[]> {
  if (options.pid === NO_SUCH_PID) throw noSuchProcess();
  yield [{ ...attached, pid: options.pid }];
  await Promise.resolve();
  yield [...advice, advised];
}

async function* grow(options: GrowOptions): AsyncGenerator<readonly GrowLine[]> {
  yield [{ ...attached, pid: pidOf(options) }];
  yield growths;
  await new Promise((resolve) => setImmediate(resolve));
  yield [growthRates, summary(growths.length, 'target-exited')];
}

async function* who(options: WhoOptions, signal: AbortSignal): AsyncGenerator<readonly WhoLine[]> {
  for await (const lines of trace({ ...options, sampleEvery: 1 }, signal))
    yield lines.flatMap((line): WhoLine[] => {
      if (line.type === 'encoded') return [];
      return line.type === 'summary' ? [touched, line] : [line];
    });
}

async function* breakpoint(options: BreakOptions, signal: AbortSignal): AsyncGenerator<readonly BreakLine[]> {
  for await (const lines of trace({ ...options, sampleEvery: 1 }, signal))
    yield lines.flatMap((line, i): BreakLine[] => {
      if (line.type === 'encoded') return [];
      if (line.type !== 'event') return [line];
      return [pidOf(options) === HOSTILE_PID ? { ...stop(i), ...line, type: 'stop' } : stop(i)];
    });
}

async function* inspect(options: InspectOptions): AsyncGenerator<readonly InspectLine[]> {
  const pid = 'pid' in options ? options.pid : undefined;
  if (pid === NO_SUCH_PID) throw noSuchProcess();
  const { view, limit } = options;
  yield [pid === ENDLESS_PID ? classicMap : swissMap];
  if (view === 'heat') yield heats;
  if (view === 'slots') yield slotLines;
  if (view === 'key') yield keyPaths;
  const count = view === 'entries' ? Math.min(limit ?? Infinity, pid === ENDLESS_PID ? 100_000 : 3) : 0;
  for (let at = 0; at < count; at += BATCH)
    yield Array.from({ length: Math.min(BATCH, count - at) }, (_, i) => entryLine(at + i));
  await Promise.resolve();
  yield [inspectSummary(count)];
}

async function* watch(options: WatchOptions): AsyncGenerator<readonly WatchLine[]> {
  if (options.pid === NO_SUCH_PID) throw noSuchProcess();
  const ofKey = options.what.type === 'key';
  const { type, ...bytes } = watching;
  yield [{ ...attached, pid: options.pid, ...(ofKey ? { watching: bytes } : {}) }];
  if (ofKey) yield [{ ...bytes, type, slot: 'slot 4 of group 0 in table 0' }, keyHit];
  const hits = Array.from({ length: options.count ?? 4 }, (_, i) => hit(i, options.frames));
  yield [...hits, bareHit];
  await Promise.resolve();
  yield [watchSummary(hits.length + 1, 'target-exited')];
}

async function* race(options: RaceOptions): AsyncGenerator<readonly RaceLine[]> {
  if (options.pid === NO_SUCH_PID) throw noSuchProcess();
  yield [{ ...attached, pid: options.pid }];
  const found = options.pid === ENDLESS_PID ? [] : [raceFound, writing];
  yield found;
  await Promise.resolve();
  const again = found.map((line) => ({ ...line, count: line.count + 2 }));
  yield [...again, shared, raceSummary(found.length > 0 ? 1 : 0, 'duration')];
}

async function* top(options: TopOptions, signal: AbortSignal, keys: () => boolean): AsyncGenerator<TopLine> {
  const pid = pidOf(options);
  yield { ...attached, pid };
  if (pid === FAILING_PID) {
    yield snapshot(1, pid);
    await pause(500, signal);
    throw new MapauditError('probe-lost', 'the kernel went away', { hint: 'Try again.' });
  }
  const last = pid === DYING_PID ? 4 : Infinity;
  for (let tick = 1; tick <= last && !signal.aborted; tick++) {
    await pause(options.once ? 10 : Math.min(options.intervalMs, 300), signal);
    const ended = tick === last ? { ended: 'target-exited' as const } : {};
    yield { ...snapshot(tick, pid, keys()), ...ended };
    if (options.once) break;
  }
  yield summary(3112, signal.aborted ? 'ctrl-c' : options.once ? 'duration' : 'target-exited');
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => stop(), ms);
    const stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
