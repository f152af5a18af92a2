import type { MapOp } from '../../model/map_op.ts';
import { WRITE_OPS } from '../../model/map_op.ts';
import type { MapObserved, MapSite, MapWriter } from '../../protocol/maps.ts';
import type { CounterRow } from '../../stream/aggregate/counter_row.ts';

/** A map that operations were seen on. */
export interface SeenMap {
  readonly pid: number;
  readonly address: number;
  /** Descriptor of its type, where an operation told it. */
  readonly type: number | undefined;
  readonly typeName: string | undefined;
  readonly observed: MapObserved;
}

/** A counter of the kernel, with the addresses that it is of. */
export interface SeenCounter {
  readonly row: CounterRow;
  readonly map: number;
  readonly type: number;
}

/** More of them say no more of a map. */
const SITES = 16;
const WRITERS = 16;

interface Gathered {
  type: number;
  typeName: string | undefined;
  readonly ops: { [op in MapOp]?: number };
  readonly sites: Map<string, MapSite>;
}

/** What is seen of maps while they are observed: counters of all operations, and samples of who wrote. */
export class ObservedMaps {
  readonly #writers = new Map<string, Map<number, MapWriter>>();

  /** A write of the sample. */
  wrote(pid: number, map: number, goroutine: number, start: string | undefined): void {
    const key = `${pid} ${map}`;
    let writers = this.#writers.get(key);
    if (writers === undefined) this.#writers.set(key, (writers = new Map<number, MapWriter>()));
    const sampled = (writers.get(goroutine)?.sampled ?? 0) + 1;
    writers.set(goroutine, { id: goroutine, ...(start === undefined ? {} : { start }), sampled });
  }

  /** All maps of which the counters tell, the nil map and what found no room in the kernel's table left out. */
  maps(counters: readonly SeenCounter[], durationMs: number): SeenMap[] {
    const seconds = Math.max(durationMs, 1) / 1000;
    const byMap = new Map<
      string,
      { readonly pid: number; readonly address: number; readonly of: Gathered }
    >();
    for (const counter of counters) {
      const { row, map } = counter;
      if (map === 0 || row.count === 0) continue;
      const key = `${row.pid} ${map}`;
      const of = byMap.get(key)?.of ?? { type: 0, typeName: undefined, ops: {}, sites: new Map() };
      byMap.set(key, { pid: row.pid, address: map, of });
      gather(of, counter, seconds);
    }
    return [...byMap].map(([key, { pid, address, of }]) => ({
      pid,
      address,
      type: of.type === 0 ? undefined : of.type,
      typeName: of.typeName,
      observed: this.#observed(key, of, durationMs),
    }));
  }

  #observed(key: string, { ops, sites }: Gathered, durationMs: number): MapObserved {
    const writes = WRITE_OPS.reduce((sum, op) => sum + (ops[op] ?? 0), 0);
    const writers = [...(this.#writers.get(key)?.values() ?? [])].sort((a, b) => b.sampled - a.sampled);
    return {
      duration_ms: Math.round(durationMs),
      ops,
      rate: writes / (Math.max(durationMs, 1) / 1000),
      grows: ops.grow ?? 0,
      sites: [...sites.values()].sort((a, b) => b.count - a.count).slice(0, SITES),
      ...(writers.length === 0 ? {} : { goroutines: writers.slice(0, WRITERS), writers: writers.length }),
    };
  }
}

function gather(of: Gathered, { row, type }: SeenCounter, seconds: number): void {
  if (row.map_type !== undefined) {
    of.type = type;
    of.typeName = row.map_type;
  }
  of.ops[row.op] = (of.ops[row.op] ?? 0) + row.count;
  const key = JSON.stringify([row.op, row.caller, row.file, row.line]);
  const count = (of.sites.get(key)?.count ?? 0) + row.count;
  of.sites.set(key, {
    op: row.op,
    ...(row.caller === undefined ? {} : { function: row.caller }),
    ...(row.file === undefined ? {} : { file: row.file }),
    ...(row.line === undefined ? {} : { line: row.line }),
    count,
    rate: count / seconds,
  });
}
