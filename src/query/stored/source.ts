import type { ApiSlice } from '../../protocol/api.ts';
import { type Ask, type LevelExtent, LEVELS, type Piece, planPieces } from '../../store/index.ts';
import { type Condition, conditionOf } from './slice.ts';

/** The windows that answer for a slice. */
export interface Source {
  /** What is answered for: wider than asked where only coarser windows are kept. */
  readonly from: number;
  readonly to: number;
  /** Length of the longest window among them, milliseconds. */
  readonly grain: number;
  /** `(SELECT … UNION ALL …)` with the columns start, process, op, map_type, map, site, count, found, not_found. */
  readonly windows: string;
  /** The same with the columns start, length, ring_full, sampled. */
  readonly spans: string;
  readonly values: Condition['values'];
}

/** The same time twice: as finely as a chart shows it, and for sums over all of it with as few windows as there are. */
export interface Sources {
  readonly fine: Source;
  readonly sums: Source;
}

export async function sourcesOf(ask: Ask, slice: ApiSlice, step: number): Promise<Sources> {
  const extents = await extentsOf(ask);
  return { fine: planned(slice, step, extents), sums: planned(slice, LEVELS[2].ms, extents) };
}

/** Error: none; what is not kept is simply not there. */
export async function sourceOf(ask: Ask, slice: ApiSlice, step: number): Promise<Source> {
  return planned(slice, step, await extentsOf(ask));
}

function planned(slice: ApiSlice, step: number, extents: readonly LevelExtent[]): Source {
  const pieces = planPieces(slice.from, slice.to, step, extents);
  const { sql, values } = conditionOf(slice);
  return {
    from: Math.min(slice.from, ...pieces.map(({ from }) => from)),
    to: Math.max(slice.to, ...pieces.map(({ to }) => to)),
    grain: Math.max(LEVELS[0].ms, ...pieces.map(({ level }) => level.ms)),
    windows: union(
      pieces,
      ({ level }) =>
        `SELECT start, process, op, coalesce(map_type, 0) AS map_type, coalesce(map, 0) AS map,
         coalesce(site, 0) AS site, count, found, not_found FROM ${level.windows}`,
      sql,
    ),
    spans: union(pieces, ({ level }) => `SELECT start, length, ring_full, sampled FROM ${level.spans}`, ''),
    values,
  };
}

/** Parts of which there are none are asked of an empty time. */
function union(pieces: readonly Piece[], select: (piece: Piece) => string, condition: string): string {
  const none: Piece = { level: LEVELS[0], from: 0, to: 0 };
  const parts = (pieces.length === 0 ? [none] : pieces).map(
    (piece) => `${select(piece)} WHERE start >= ${piece.from} AND start < ${piece.to}${condition}`,
  );
  return `(${parts.join(' UNION ALL ')})`;
}

async function extentsOf(ask: Ask): Promise<readonly LevelExtent[]> {
  const rows = await ask('SELECT ms, kept_from, rolled_to FROM levels ORDER BY ms');
  return rows.map(({ ms, kept_from, rolled_to }, i) => ({
    ms: Number(ms),
    from: Number(kept_from),
    to: i === 0 ? Infinity : Number(rolled_to),
  }));
}
