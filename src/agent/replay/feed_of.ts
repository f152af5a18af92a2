import type { RecordedProcess } from '../../evidence/about.ts';
import { windowOf } from '../../evidence/window_line.ts';
import type { FeedItem, GrowthStep, RaceSeen, ServedEvent } from '../../model/feed.ts';
import { MAP_OPS } from '../../model/map_op.ts';
import type { MapOfEvent } from '../../model/map_event.ts';
import type { ProcessRef } from '../../model/window.ts';
import type { GrowthEvent } from '../../protocol/growth.ts';
import type { Notice } from '../../protocol/notice.ts';
import type { Race } from '../../protocol/race.ts';
import { clockSetText, clockText } from '../../protocol/text/words.ts';
import { sideSeen } from '../service/race_items.ts';
import { growthsAmong } from '../service/growth_track.ts';
import { siteOf } from '../service/site_of.ts';
import { eventOf } from './event_of.ts';
import { growthOf } from './growth_of.ts';
import { findingOf } from './race.ts';
import { Recording } from './recording.ts';
import { typeOf } from './run_facts.ts';
import { TimeOrder } from './time_order.ts';

/**
 * An evidence file as the feed that a service would have made of it, as fast as it can be read. Notices of what could
 * not be read go to `say`. Errors: those of `Recording.open`, `evidence-damaged`.
 */
export async function* recordingFeed(
  path: string,
  say: (notice: Notice) => void = () => undefined,
): AsyncGenerator<readonly FeedItem[]> {
  const recording = await Recording.open(path);
  const maker = new FeedMaker(recording, say);
  for await (const part of recording.read(['run', 'events', 'windows', 'growth', 'races'])) {
    if (part.type === 'notice') say(part);
    else {
      maker.take(part.kind, part.lines);
      const items = maker.order.take();
      if (items.length > 0) yield items;
    }
  }
  const rest = maker.order.rest();
  if (rest.length > 0) yield rest;
}

class FeedMaker {
  readonly order = new TimeOrder();
  readonly #recording: Recording;
  readonly #say: (notice: Notice) => void;
  readonly #began: number;
  /** There are no steps of growth besides. */
  readonly #isGrowthAmong: boolean;
  /** The process that has a pid at this point of the file. */
  readonly #processes = new Map<number, ProcessRef>();
  /** Races that were told: the file tells them again at its end, with how often they were seen by then. */
  readonly #races = new Set<number>();

  constructor(recording: Recording, say: (notice: Notice) => void) {
    this.#recording = recording;
    this.#say = say;
    this.#began = Date.parse(recording.about?.began ?? '') || 0;
    this.#isGrowthAmong = recording.about?.recorded.growth === false;
  }

  take(kind: string, lines: readonly unknown[]): void {
    if (kind === 'events') this.#events(lines);
    else for (const line of lines) this.#line(line);
  }

  #line(line: unknown): void {
    if (typeOf(line) === 'recorded_process') {
      this.#joined(line as RecordedProcess);
      return;
    }
    const recorded = windowOf(line);
    if (recorded !== undefined) {
      // The feed is in the order of its times: nothing that takes it has to move its own.
      const { clockSetMs, ...window } = recorded;
      if (clockSetMs !== undefined) this.#say(setAt(window.start + window.lengthMs, clockSetMs));
      for (const { process } of window.counts) this.#processes.set(process.pid, process);
      this.order.put(window.start + window.lengthMs, { type: 'window', window });
      return;
    }
    const growth = growthOf(line);
    if (growth?.type === 'event') {
      const step = this.#growth(growth);
      this.order.put(step.at, step);
    }
    const race = findingOf(line);
    if (race?.type === 'race' && !this.#races.has(race.id)) {
      this.#races.add(race.id);
      const seen = this.#race(race);
      this.order.put(seen.at, seen);
    }
  }

  #joined({
    pid,
    started,
    name,
    exe,
    build_id: buildId,
    go_version: goVersion,
    container,
  }: RecordedProcess): void {
    const process: ProcessRef = {
      pid,
      name,
      ...(started === undefined ? {} : { started }),
      ...(buildId === undefined ? {} : { buildId }),
    };
    this.#processes.set(pid, process);
    const at = Math.max(this.#began, this.order.newest);
    const ops = this.#recording.about?.recorded.filters.ops;
    this.order.put(at, {
      type: 'joined',
      at,
      ...(this.#isGrowthAmong ? { growth: 'among-events' as const } : {}),
      ...(ops === undefined || MAP_OPS.every((op) => ops.includes(op)) ? {} : { ops }),
      process: {
        ...process,
        ...(exe === undefined ? {} : { exe }),
        ...(goVersion === undefined ? {} : { goVersion }),
        ...(container === undefined ? {} : { container }),
      },
    });
  }

  /** One item for each second and process: it comes before the window of that second. */
  #events(lines: readonly unknown[]): void {
    const runs = new Map<
      string,
      { readonly at: number; readonly process: ProcessRef; readonly events: ServedEvent[] }
    >();
    for (const line of lines) {
      const event = eventOf(this.#recording.path, line);
      const second = Math.floor(Date.parse(event.time) / 1000);
      const key = `${event.pid ?? ''} ${second}`;
      let run = runs.get(key);
      if (run === undefined)
        runs.set(key, (run = { at: second * 1000 + 999, process: this.#processOf(event.pid), events: [] }));
      run.events.push(event);
    }
    const sampledEvery = this.#recording.about?.recorded.sample ?? 1;
    for (const { at, process, events } of runs.values()) {
      this.order.put(at, { type: 'events', process, sampledEvery, events });
      if (this.#isGrowthAmong)
        for (const step of growthsAmong(events, process)) this.order.put(step.at, step);
    }
  }

  #growth({ time, pid, map, op, len, growth, caller }: GrowthEvent): GrowthStep {
    const { trigger, from, to, unit, moved, duration_ns: durationNs } = growth ?? {};
    const site = siteOf(caller);
    return {
      type: 'growth',
      at: Date.parse(time),
      ...this.#mapOf(pid, map),
      op,
      ...(trigger === undefined ? {} : { trigger }),
      ...(len === undefined ? {} : { len }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(unit === undefined ? {} : { unit }),
      ...(moved === undefined ? {} : { moved }),
      ...(durationNs === undefined ? {} : { durationNs }),
      ...(site === undefined ? {} : { site }),
    };
  }

  #race({ id, kind, map, key, sides, count }: Race): RaceSeen {
    return {
      type: 'race',
      at: Date.parse(sides[0].time),
      ...this.#mapOf(undefined, map),
      id,
      kind,
      ...(key?.text === undefined ? {} : { key: key.text }),
      sides: [sideSeen(sides[0]), sideSeen(sides[1])],
      count,
    };
  }

  #mapOf(pid: number | undefined, { type, id, address }: MapOfEvent): Pick<GrowthStep, 'process'> {
    return {
      process: this.#processOf(pid),
      ...(type === undefined ? {} : { mapType: type }),
      ...(id === undefined ? {} : { mapId: id }),
      ...(address === undefined ? {} : { mapAddress: address }),
    };
  }

  /** A line without a pid is of the one process that was recorded. */
  #processOf(pid: number | undefined): ProcessRef {
    const selection = this.#recording.about?.recorded.selection;
    const [only] = this.#processes.size === 1 ? this.#processes.keys() : [];
    const known = pid ?? (selection?.type === 'pid' ? selection.pid : only) ?? 0;
    return this.#processes.get(known) ?? { pid: known, name: 'unknown' };
  }
}

const setAt = (at: number, byMs: number): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'clock-set',
  message: `${clockText(at)}: ${clockSetText(byMs)} while it was recorded`,
  hint: 'Everything stands at the time that the clock had; nothing is lost.',
});
