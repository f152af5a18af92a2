import { type MapOp, MAP_OPS } from '../model/map_op.ts';
import type { ProcessRef, SiteRef, Window, WindowCount } from '../model/window.ts';

/** A window as it stands in the file: every process, type and place once, counts by their numbers in these lists. */
export interface WindowLine {
  readonly type: 'window';
  /** Unix milliseconds. */
  readonly start: number;
  readonly length_ms: number;
  readonly processes: readonly ProcessLine[];
  readonly types: readonly string[];
  readonly sites: readonly SiteRef[];
  readonly counts: readonly CountLine[];
  readonly loss: { readonly ring_full: number; readonly sampled: number };
  /** As `clockSetMs` of a window; absent where the clock was not set, and in files of 1.0. */
  readonly clock_set_ms?: number;
}

interface ProcessLine {
  readonly pid: number;
  readonly started?: number;
  readonly name: string;
  readonly build_id?: string;
}

/** `process`, `type` and `site` are numbers in the lists of the window, from 0. */
interface CountLine {
  readonly process: number;
  readonly op: MapOp;
  readonly type?: number;
  readonly map_id?: number;
  readonly map?: string;
  readonly site?: number;
  readonly count: number;
  readonly found?: number;
  readonly not_found?: number;
  readonly removed?: number;
}

/** A window for the file. */
export function windowLine({ start, lengthMs, counts, loss, clockSetMs }: Window): WindowLine {
  const processes = new Numbered<ProcessLine>();
  const types = new Numbered<string>();
  const sites = new Numbered<SiteRef>();
  const lines = counts.map((count): CountLine => ({
    process: processes.of(processLine(count.process)),
    op: count.op,
    ...(count.mapType === undefined ? {} : { type: types.of(count.mapType) }),
    ...(count.mapId === undefined ? {} : { map_id: count.mapId }),
    ...(count.mapAddress === undefined ? {} : { map: count.mapAddress }),
    ...(count.site === undefined ? {} : { site: sites.of(count.site) }),
    count: count.count,
    ...(count.found === 0 ? {} : { found: count.found }),
    ...(count.notFound === 0 ? {} : { not_found: count.notFound }),
    ...(count.removed === 0 ? {} : { removed: count.removed }),
  }));
  return {
    type: 'window',
    start,
    length_ms: lengthMs,
    processes: processes.all,
    types: types.all,
    sites: sites.all,
    counts: lines,
    loss: { ring_full: loss.ringFull, sampled: loss.sampled },
    ...(clockSetMs === undefined ? {} : { clock_set_ms: clockSetMs }),
  };
}

/** A window from the file; undefined for what is none. */
export function windowOf(line: unknown): Window | undefined {
  if (!isWindow(line)) return undefined;
  const processes = line.processes.map(processRef);
  const counts = line.counts.flatMap((count): WindowCount[] => {
    const process = processes[count.process];
    if (process === undefined || !MAP_OPS.includes(count.op) || !Number.isFinite(count.count)) return [];
    const mapType = count.type === undefined ? undefined : line.types[count.type];
    const site = count.site === undefined ? undefined : line.sites[count.site];
    return [
      {
        process,
        op: count.op,
        ...(mapType === undefined ? {} : { mapType }),
        ...(count.map_id === undefined ? {} : { mapId: count.map_id }),
        ...(count.map === undefined ? {} : { mapAddress: count.map }),
        ...(site === undefined ? {} : { site }),
        count: count.count,
        found: count.found ?? 0,
        notFound: count.not_found ?? 0,
        removed: count.removed ?? 0,
      },
    ];
  });
  const { ring_full: ringFull, sampled } = line.loss;
  const { clock_set_ms: clockSetMs } = line;
  return {
    start: line.start,
    lengthMs: line.length_ms,
    counts,
    loss: { ringFull, sampled },
    ...(Number.isFinite(clockSetMs) && clockSetMs !== undefined ? { clockSetMs } : {}),
  };
}

function isWindow(line: unknown): line is WindowLine {
  if (typeof line !== 'object' || line === null) return false;
  const { type, start, length_ms: length, processes, types, sites, counts } = line as Partial<WindowLine>;
  const { loss } = line as { readonly loss?: unknown };
  const lists = [processes, types, sites, counts];
  return (
    type === 'window' &&
    Number.isFinite(start) &&
    Number.isFinite(length) &&
    lists.every((list) => Array.isArray(list)) &&
    typeof loss === 'object' &&
    loss !== null
  );
}

const processLine = ({ buildId, ...rest }: ProcessRef): ProcessLine => ({
  ...rest,
  ...(buildId === undefined ? {} : { build_id: buildId }),
});

const processRef = ({ build_id: buildId, ...rest }: ProcessLine): ProcessRef => ({
  ...rest,
  ...(buildId === undefined ? {} : { buildId }),
});

/** Numbers things in the order in which they come. */
class Numbered<T> {
  readonly all: T[] = [];
  readonly #numbers = new Map<string, number>();

  of(thing: T): number {
    const name = JSON.stringify(thing);
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.all.push(thing) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}
