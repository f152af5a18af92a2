import type { DuckDBConnection } from '@duckdb/node-api';
import { REWRITTEN_MOST, REWRITTEN_SHARE } from './disk.ts';
import { LEVELS } from './levels.ts';
import type { StorePlace } from './options.ts';
import { type Aged, EVENTS, FACTS, forgetBefore, forgetWindows } from './retain.ts';
import type { RolledTo } from './roll_up.ts';
import { storeBytes, usedBytes } from './size.ts';
import { takeLogIn } from './take_log_in.ts';

/** At most this share of the limit is filled: what lies beyond is for what is written until the next look. */
const FULL = 0.8;
/** Of what is full, so much is left. */
const ENOUGH = 0.8;
/** Of each kind, the oldest part of its time that goes at once. */
const PART = 0.25;
const MOST_ROUNDS = 40;

/** Bytes of a row, roughly: which kind takes the most is what goes first. */
const WEIGHTS: Readonly<Record<string, number>> = {
  events: 60,
  windows_1s: 12,
  windows_1m: 16,
  windows_1h: 16,
};
const FACT_WEIGHT = 40;

/**
 * Deletes the oldest until the store is well below its limit. The place of what is deleted is used again. True when
 * something was deleted.
 */
export async function shrink(
  connection: DuckDBConnection,
  place: StorePlace,
  limit: number,
  rolled: RolledTo,
): Promise<boolean> {
  const full = fullAt(limit);
  if ((await storeBytes(place, connection)) < full) return false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (!(await takeLogIn(connection))) return round > 0;
    const used = 'path' in place ? await usedBytes(connection) : await storeBytes(place, connection);
    if (used < full * ENOUGH) return round > 0;
    if (!(await forgetSome(connection, rolled))) return round > 0;
  }
  return true;
}

/** What is deleted in part is written anew before its place is free: of a small store that is much of it. */
const fullAt = (limit: number): number =>
  Math.min(FULL * limit, Math.max(limit / (1 + REWRITTEN_SHARE), limit - REWRITTEN_MOST));

/** Deletes the oldest part of what takes the most. False when there is nothing left that may go. */
async function forgetSome(connection: DuckDBConnection, rolled: RolledTo): Promise<boolean> {
  const kinds = await Promise.all(
    [EVENTS, ...LEVELS.map(({ windows }) => ({ table: windows, column: 'start' })), ...FACTS].map((kind) =>
      measured(connection, kind),
    ),
  );
  for (const { kind, cut } of kinds.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight)) {
    const index = LEVELS.findIndex(({ windows }) => windows === kind.table);
    const before = index < 0 || index === 2 ? cut : Math.min(cut, rolled[index + 1] ?? 0);
    const gone =
      index < 0
        ? await forgetBefore(connection, kind, before)
        : await forgetWindows(connection, index, aligned(before, index));
    if (gone > 0) return true;
  }
  return false;
}

interface Measured {
  readonly kind: Aged;
  readonly weight: number;
  readonly cut: number;
}

async function measured(connection: DuckDBConnection, kind: Aged): Promise<Measured> {
  const { table, column, nanos } = kind;
  const unit = nanos === true ? 1e6 : 1;
  const [row] = await (
    await connection.run(`SELECT count(*), min(${column}), max(${column}) FROM ${table}`)
  ).getRows();
  const [count, min, max] = (row ?? []).map((value) => Number(value ?? 0));
  const [from, to] = [(min ?? 0) / unit, (max ?? 0) / unit];
  return {
    kind,
    weight: (count ?? 0) * (WEIGHTS[table] ?? FACT_WEIGHT),
    cut: Math.ceil(from + Math.max(1, (to - from) * PART)),
  };
}

/** Levels are cut where the next one has a bound, so that it can take over there. */
const aligned = (at: number, index: number): number => {
  const ms = LEVELS[index + 1]?.ms ?? LEVELS[index]?.ms ?? 1;
  return Math.ceil(at / ms) * ms;
};
