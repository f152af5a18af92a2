import type { MapOp } from '../model/map_op.ts';
import type { ProbeSite } from '../model/probe_plan.ts';
import {
  FLAG_COUNT_UNREADABLE,
  FLAG_GOROUTINE_UNREADABLE,
  FLAG_MAP_ON_STACK,
  FLAG_WRITING,
} from '../model/record.ts';
import { Pipeline, type PipelineOptions } from './pipeline.ts';
import { chunkOf, type FakeRecord } from './testing.ts';
import {
  OUTCOME_CLEARED,
  OUTCOME_FOUND,
  OUTCOME_MISSED,
  OUTCOME_UNKNOWN,
  type TracedBatch,
} from './traced_batch.ts';

/**
 * For tests only: a stream as a text, one record a line, told back with what the pipeline made of it.
 *
 *     g1 delete m1 5 t2     goroutine, operation, map (m0 is nil), count before, type (t0: unknown)
 *     g1 exit-delete m1 4   the end of an operation, count after
 *     … writing | unreadable | stack | nogo     flags; s7: the seed is 7
 *     lost                  a record was lost before the next drain
 *     drain [ms]            hands over what came, that many milliseconds later
 */
export const STORY_OPS: readonly MapOp[] = ['delete', 'assign', 'clear', 'grow', 'access', 'iterate'];
const EXITS: readonly MapOp[] = ['delete', 'assign', 'clear'];

const FLAGS: Readonly<Record<string, number>> = {
  writing: FLAG_WRITING,
  unreadable: FLAG_COUNT_UNREADABLE,
  stack: FLAG_MAP_ON_STACK,
  nogo: FLAG_GOROUTINE_UNREADABLE,
};

/** Sites for all operations, and exit sites for writes where wanted. */
export function storySites(exits: boolean): ProbeSite[] {
  const entries = STORY_OPS.map((op, index) => fakeSite(op, index, 'entry'));
  return exits ? [...entries, ...EXITS.map((op, i) => fakeSite(op, STORY_OPS.length + i, 'exit'))] : entries;
}

function fakeSite(op: MapOp, index: number, role: 'entry' | 'exit'): ProbeSite {
  const site = { index, function: `runtime.map${op}`, op, role, map: 'RBX' };
  return site as unknown as ProbeSite;
}

/** Options of a pipeline in which all is known, with or without exits. */
export function storyOptions(exits: boolean, recorded: readonly MapOp[] = STORY_OPS): PipelineOptions {
  return {
    plan: { sites: storySites(exits) },
    records: { keyArea: false, keepKeys: false, keepFrames: false },
    effects: true,
    identity: true,
    recorded,
  };
}

/** The record that a line tells of. */
export function parseLine(line: string, time: number): FakeRecord {
  const [who = '', what = '', map = '', count = '0', ...rest] = line.split(/\s+/);
  const exit = what.startsWith('exit-');
  const op = (exit ? what.slice(5) : what) as MapOp;
  const index = exit ? STORY_OPS.length + EXITS.indexOf(op) : STORY_OPS.indexOf(op);
  if (index < 0) throw new Error(`no such operation: ${line}`);
  const type = rest.find((word) => /^t\d/.test(word))?.slice(1) ?? '1';
  return {
    time,
    pid: 1,
    probe: index,
    kind: exit ? 'exit' : 'entry',
    goid: Number(who.slice(1)),
    map: Number(map.slice(1)) * 0x40,
    count: Number(count),
    seed: Number(rest.find((word) => /^s\d/.test(word))?.slice(1) ?? '1'),
    type: Number(type) * 0x100,
    flags: rest.reduce((flags, word) => flags | (FLAGS[word] ?? 0), 0),
  };
}

const WORDS: Readonly<Record<number, string>> = {
  [OUTCOME_UNKNOWN]: '?',
  [OUTCOME_FOUND]: 'found',
  [OUTCOME_MISSED]: 'missed',
  [OUTCOME_CLEARED]: 'cleared',
};

/** What became of a row: `g1 delete m1 5: found #1`. */
export function tellRow(batch: TracedBatch, row: number): string {
  const op = STORY_OPS[batch.probe[row] ?? 0] ?? 'access';
  const what = `g${batch.goid[row]} ${op} m${(batch.map[row] ?? 0) / 0x40} ${batch.count[row]}`;
  const outcome = EXITS.includes(op) ? ` ${WORDS[batch.outcome[row] ?? 0]}` : '';
  return `${what}:${outcome} #${batch.mapId[row]}`;
}

/** Runs a story; what each drain released is one text, in order. The end of the story is a flush. */
export function runStory(story: string, options: PipelineOptions): string[][] {
  const pipeline = new Pipeline(options);
  const drains: string[][] = [];
  let time = 1_000_000;
  let lost = 0;
  let records: FakeRecord[] = [];
  const collect = (told: string[]) => (batch: TracedBatch) => {
    for (let row = 0; row < batch.length; row++) if (batch.kind[row] === 0) told.push(tellRow(batch, row));
  };
  const drain = (ms: number): void => {
    time += ms * 1_000_000;
    pipeline.add(chunkOf(records, { keyArea: false }));
    records = [];
    const told: string[] = [];
    pipeline.advance(BigInt(time), lost, collect(told));
    drains.push(told);
  };
  for (const line of story.split('\n').map((text) => text.trim())) {
    if (line === '') continue;
    if (line === 'lost') lost++;
    else if (line.startsWith('drain')) drain(Number(line.slice(5)));
    else records.push(parseLine(line, (time += 1000)));
  }
  drain(0);
  const told = drains.at(-1) ?? [];
  pipeline.flush(lost, collect(told));
  return drains;
}

/** All that a story told, whenever it was released. */
export const tell = (story: string, options: PipelineOptions): string[] => runStory(story, options).flat();
