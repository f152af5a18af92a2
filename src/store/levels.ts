/** Windows are kept in three lengths: each is the sum of the one before. */
export interface Level {
  readonly ms: number;
  readonly windows: 'windows_1s' | 'windows_1m' | 'windows_1h';
  readonly spans: 'spans_1s' | 'spans_1m' | 'spans_1h';
}

export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

export const LEVELS: readonly [Level, Level, Level] = [
  { ms: SECOND, windows: 'windows_1s', spans: 'spans_1s' },
  { ms: MINUTE, windows: 'windows_1m', spans: 'spans_1m' },
  { ms: HOUR, windows: 'windows_1h', spans: 'spans_1h' },
];

/** Of what time a level has windows: from `from` on, and all that began before `to`. */
export interface LevelExtent {
  readonly ms: number;
  readonly from: number;
  /** For one second it is open: what comes is in there. */
  readonly to: number;
}

/** A part of the time that was asked for, and the level that answers for it. Parts do not overlap. */
export interface Piece {
  readonly level: Level;
  readonly from: number;
  readonly to: number;
}

/**
 * Which windows answer for a time: those of the coarsest level that divides `step`, and finer ones for what it does not
 * cover: the edges, and the newest that is not rolled up yet. Where finer ones are gone by age, coarser ones stand in,
 * and the time grows to their bounds.
 */
export function planPieces(
  from: number,
  to: number,
  step: number,
  extents: readonly LevelExtent[],
): readonly Piece[] {
  const preferred = Math.max(
    0,
    LEVELS.findLastIndex(({ ms }) => step % ms === 0),
  );
  const pieces: Piece[] = [];
  let cursor = from;
  while (cursor < to) {
    const piece = fitting(cursor, to, preferred, extents) ?? coarser(cursor, to, preferred, extents);
    if (piece === undefined) {
      const next = extents.map((extent) => extent.from).filter((begin) => begin > cursor);
      cursor = Math.min(...next, to);
    } else {
      pieces.push(piece);
      cursor = piece.to;
    }
  }
  return pieces;
}

/** The longest run of windows of one level that lies within the time and begins at `cursor`. */
function fitting(
  cursor: number,
  to: number,
  preferred: number,
  extents: readonly LevelExtent[],
): Piece | undefined {
  for (let i = preferred; i >= 0; i--) {
    const [level, extent] = [LEVELS[i], extents[i]];
    if (level === undefined || extent === undefined || cursor < extent.from) continue;
    if (i > 0 && cursor % level.ms !== 0) continue;
    // Where windows of the level above begin, those are to answer again, if they are there.
    const above = i < preferred ? boundAbove(cursor, i, preferred, extents) : Infinity;
    const end = Math.min(i === 0 ? to : down(to, level.ms), extent.to, above);
    if (cursor < end) return { level, from: cursor, to: end };
  }
  return undefined;
}

/** The next moment at which a window of a coarser level begins that is there. */
function boundAbove(
  cursor: number,
  index: number,
  preferred: number,
  extents: readonly LevelExtent[],
): number {
  let bound = Infinity;
  for (let i = index + 1; i <= preferred; i++) {
    const [level, extent] = [LEVELS[i], extents[i]];
    if (level === undefined || extent === undefined) continue;
    const next = Math.max(up(cursor + 1, level.ms), extent.from);
    if (next < extent.to) bound = Math.min(bound, next);
  }
  return bound;
}

/** A window that is coarser than asked, and may begin before `cursor`: the finer ones are gone. */
function coarser(
  cursor: number,
  to: number,
  preferred: number,
  extents: readonly LevelExtent[],
): Piece | undefined {
  for (const [i, level] of LEVELS.entries()) {
    const extent = extents[i];
    if (extent === undefined || i === 0) continue;
    const begin = down(cursor, level.ms);
    if (begin < extent.from || begin >= extent.to) continue;
    const finer = extents.slice(0, i).map((one) => up(one.from, level.ms));
    const back = finer.filter((moment) => moment > begin);
    // A level that is wanted anyway goes on by itself from the end of this window.
    const end = Math.min(up(to, level.ms), extent.to, ...(i > preferred ? back : [begin + level.ms]));
    return { level, from: begin, to: Math.max(end, begin + level.ms) };
  }
  return undefined;
}

export const down = (at: number, ms: number): number => Math.floor(at / ms) * ms;
export const up = (at: number, ms: number): number => Math.ceil(at / ms) * ms;
