import { describe, expect, it } from 'vitest';
import { Pipeline } from './pipeline.ts';
import { STORY_OPS, storyOptions } from './story.ts';
import { chunkOf, type FakeRecord } from './testing.ts';
import {
  OUTCOME_CLEARED,
  OUTCOME_FOUND,
  OUTCOME_MISSED,
  OUTCOME_UNKNOWN,
  type TracedBatch,
} from './traced_batch.ts';

/** A simulated program, from which both the records and the truth about them come. */
interface World {
  readonly records: FakeRecord[][];
  /** By the time of the entry record: what the operation did, and which map it was. */
  readonly truth: Map<number, { readonly outcome: number; readonly map: number }>;
}

interface WorldOptions {
  readonly seed: number;
  /** Operations on one map may overlap. */
  readonly racy: boolean;
  readonly exits: boolean;
  readonly steps: number;
  /** Now and then the rings are full. */
  readonly lossy: boolean;
}

const RINGS = 3;
const MAPS = 6;
const GOROUTINES = 8;

function random(seed: number): (below: number) => number {
  let state = seed * 2 + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A map at an address, until another one gets the address. */
interface FakeMap {
  life: number;
  type: number;
  keys: Set<number>;
  users: number;
  writing: boolean;
}

interface Running {
  readonly op: 'delete' | 'assign' | 'clear';
  readonly at: number;
  readonly entryTime: number;
  readonly key: number;
  stage: 0 | 1;
  outcome: number;
}

function makeWorld({ seed, racy, exits, steps }: WorldOptions): World {
  const next = random(seed);
  const records: FakeRecord[][] = Array.from({ length: RINGS }, () => []);
  const truth = new Map<number, { outcome: number; map: number }>();
  let lives = 0;
  const newMap = (): FakeMap => ({
    life: ++lives,
    type: 1 + next(2),
    keys: new Set(),
    users: 0,
    writing: false,
  });
  const maps = Array.from({ length: MAPS }, newMap);
  const running: (Running | undefined)[] = Array.from({ length: GOROUTINES }, () => undefined);
  let time = 1_000_000;
  const emit = (g: number, at: number, op: string, kind: 'entry' | 'exit'): number => {
    const map = maps[at]!;
    time += 100 + next(50_000);
    records[next(RINGS)]!.push({
      time,
      kind,
      pid: 1,
      goid: g + 1,
      probe:
        kind === 'entry' ? STORY_OPS.indexOf(op as never) : 6 + ['delete', 'assign', 'clear'].indexOf(op),
      map: 0xc000_0000_0000 + at * 0x40,
      count: map.keys.size,
      type: map.type * 0x100,
      flags: map.writing && kind === 'entry' ? 64 : 0,
    });
    return time;
  };
  const apply = (op: Running): void => {
    const { keys } = maps[op.at]!;
    if (op.op === 'clear') op.outcome = OUTCOME_CLEARED;
    else op.outcome = keys.has(op.key) ? OUTCOME_FOUND : OUTCOME_MISSED;
    if (op.op === 'clear') keys.clear();
    else if (op.op === 'delete') keys.delete(op.key);
    else keys.add(op.key);
  };
  const begin = (g: number): void => {
    const at = next(MAPS);
    const map = maps[at]!;
    if (!racy && map.users > 0) return;
    if (map.users === 0 && next(60) === 0) {
      maps[at] = newMap();
      return;
    }
    const key = next(12);
    if (next(4) === 0) {
      truth.set(emit(g, at, 'access', 'entry'), { outcome: OUTCOME_UNKNOWN, map: map.life });
      return;
    }
    const op = next(40) === 0 ? 'clear' : next(2) === 0 ? 'delete' : 'assign';
    if (op !== 'assign' && map.keys.size === 0) {
      const outcome = op === 'delete' ? OUTCOME_MISSED : OUTCOME_CLEARED;
      truth.set(emit(g, at, op, 'entry'), { outcome, map: map.life });
      return;
    }
    map.users++;
    running[g] = { op, at, entryTime: emit(g, at, op, 'entry'), key, stage: 0, outcome: OUTCOME_UNKNOWN };
  };
  const step = (g: number): void => {
    const op = running[g];
    if (op === undefined) {
      begin(g);
      return;
    }
    const map = maps[op.at]!;
    if (op.stage === 0) {
      if (op.op === 'assign' && next(10) === 0) {
        truth.set(emit(g, op.at, 'grow', 'entry'), { outcome: OUTCOME_UNKNOWN, map: map.life });
      }
      const empty = map.keys.size === 0 && op.op !== 'assign';
      apply(op);
      op.stage = 1;
      if (!empty) return;
    } else if (exits) {
      emit(g, op.at, op.op, 'exit');
    }
    truth.set(op.entryTime, { outcome: op.outcome, map: map.life });
    map.users--;
    running[g] = undefined;
  };
  for (let i = 0; i < steps; i++) step(next(GOROUTINES));
  return { records, truth };
}

interface Score {
  rows: number;
  known: number;
  wrong: number;
  /** Lives that were shown as more than one. */
  split: number;
}

/** Sends a world through the pipeline in many small drains, and compares. */
function run(options: WorldOptions): Score {
  const { records, truth } = makeWorld(options);
  const pipeline = new Pipeline(storyOptions(options.exits));
  const score: Score = { rows: 0, known: 0, wrong: 0, split: 0 };
  const numberOf = new Map<number, number>();
  const consume = (batch: TracedBatch): void => {
    for (let row = 0; row < batch.length; row++) {
      const real = truth.get(batch.timeLow[row] ?? 0);
      if (batch.kind[row] !== 0 || real === undefined) continue;
      const outcome = batch.outcome[row];
      score.rows++;
      if (outcome !== OUTCOME_UNKNOWN) score.known++;
      if (outcome !== OUTCOME_UNKNOWN && outcome !== real.outcome) score.wrong++;
      const known = numberOf.get(real.map);
      if (known === undefined) numberOf.set(real.map, batch.mapId[row] ?? 0);
      else if (known !== batch.mapId[row]) score.split++;
    }
  };
  const last = Math.max(...records.map((ring) => Number(ring.at(-1)?.time ?? 0)));
  const sent = records.map(() => 0);
  const next = random(options.seed + 77);
  let lost = 0;
  for (let watermark = 1_000_000; watermark < last; watermark += 3_000_000) {
    records.forEach((ring, i) => {
      // Rings are read a little beyond the watermark, each to another point.
      const until = ring.findIndex((r, at) => at >= sent[i]! && Number(r.time) > watermark + i * 100_000);
      const end = until < 0 ? ring.length : until;
      const records = ring.slice(sent[i], end);
      if (options.lossy && next(12) === 0)
        lost += records.splice(next(records.length + 1), 1 + next(4)).length;
      pipeline.add(chunkOf(records, { keyArea: false }));
      sent[i] = end;
    });
    pipeline.advance(BigInt(watermark), lost, consume);
  }
  records.forEach((ring, i) => pipeline.add(chunkOf(ring.slice(sent[i]), { keyArea: false })));
  pipeline.flush(lost, consume);
  return score;
}

/** The least share of rows whose outcome is to be known; without exits only what is known at once. */
const KNOWN = { locked: { with: 0.6, without: 0.01 }, racy: { with: 0.3, without: 0.01 } };

describe('a random program, from records to outcomes and lives', () => {
  for (const how of ['with', 'without'] as const) {
    for (const program of ['locked', 'racy'] as const) {
      for (const lossy of [false, true]) {
        it(`${program}, ${how} exits${lossy ? ', with losses' : ''}: nothing wrong, nothing split`, () => {
          const sum: Score = { rows: 0, known: 0, wrong: 0, split: 0 };
          for (let seed = 1; seed <= 20; seed++) {
            const score = run({ seed, racy: program === 'racy', exits: how === 'with', lossy, steps: 2000 });
            for (const name of ['rows', 'known', 'wrong', 'split'] as const) sum[name] += score[name];
          }
          expect(sum).toMatchObject({ wrong: 0, split: 0 });
          expect(sum.known / sum.rows).toBeGreaterThan(lossy ? KNOWN[program][how] / 6 : KNOWN[program][how]);
        });
      }
    }
  }
});
