import { hex } from '../../model/addr.ts';
import type { MapOp } from '../../model/map_op.ts';
import type { ProbeSite } from '../../model/probe_plan.ts';
import { SYNC_TYPE } from '../../model/sync_method.ts';
import type { SymbolCache } from '../symbols.ts';

/** Operations of one kind on one map from one place, for display. Views are sums over these. */
export interface CounterRow {
  readonly pid: number;
  readonly op: MapOp;
  /** Number of the map's life, where lives are numbered. */
  readonly map_id?: number;
  /** Address of the map, where lives are not numbered. */
  readonly map_address?: string;
  /** `map[string]*shop.Session`; absent when not known. */
  readonly map_type?: string;
  /** The calling function; absent when not known, and for what came after the table was full. */
  readonly caller?: string;
  readonly file?: string;
  readonly line?: number;
  /** Since the beginning. */
  readonly count: number;
  /** Operations a second over the last window. */
  readonly rate: number;
  /** Of `count`, as far as it is known. */
  readonly found?: number;
  readonly not_found?: number;
  /** Entries that clears removed, as far as it is known. */
  readonly removed?: number;
}

/** Numbers of a counter before anything was looked up. */
export interface RawCounter {
  readonly pid: number;
  readonly probe: number;
  readonly map: number;
  readonly type: number;
  readonly caller: number;
  readonly count: number;
  readonly rate: number;
  readonly found: number;
  readonly missed: number;
  readonly removed: number;
}

/** What `map` of the raw counters is. */
export type MapColumn = 'id' | 'address';

/** Names what a counter counts. Looked up once a counter, not once an event. */
export function counterRow(
  raw: RawCounter,
  sites: readonly (Pick<ProbeSite, 'index' | 'op'> & { readonly sync?: true })[],
  symbols: SymbolCache,
  mapColumn: MapColumn,
): CounterRow {
  const probe =
    sites[raw.probe]?.index === raw.probe ? sites[raw.probe] : sites.find((s) => s.index === raw.probe);
  const isSync = probe?.sync === true;
  const type = isSync ? SYNC_TYPE : symbols.typeName(raw.pid, raw.type);
  const site = raw.caller === 0 ? undefined : symbols.site(raw.pid, raw.caller);
  const caller = isSync ? (site?.sync ?? site)?.caller : site?.caller;
  return {
    pid: raw.pid,
    op: probe?.op ?? 'access',
    ...(raw.map === 0 ? {} : mapColumn === 'id' ? { map_id: raw.map } : { map_address: hex(raw.map) }),
    ...(type === undefined ? {} : { map_type: type }),
    ...(caller === undefined ? {} : { caller: caller.function }),
    ...(caller?.file === undefined ? {} : { file: caller.file }),
    ...(caller?.line === undefined ? {} : { line: caller.line }),
    count: raw.count,
    rate: raw.rate,
    ...(raw.found + raw.missed === 0 ? {} : { found: raw.found, not_found: raw.missed }),
    ...(raw.removed === 0 ? {} : { removed: raw.removed }),
  };
}
