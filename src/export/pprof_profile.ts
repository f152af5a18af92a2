import { gzipSync } from 'node:zlib';
import { Function, Label, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import type { MapOp } from '../model/map_op.ts';
import type { FrameOfEvent } from '../model/map_event.ts';
import type { OpSample } from './op_samples.ts';

/** Names of the sample types: `go tool pprof -sample_index=map_assigns`. */
const TYPES: Readonly<Record<MapOp, string>> = {
  delete: 'map_deletes',
  assign: 'map_assigns',
  access: 'map_accesses',
  iterate: 'map_iterations',
  clear: 'map_clears',
  grow: 'map_grows',
};

/** Always there, so that tools find them by name. */
const ALWAYS: readonly MapOp[] = ['delete', 'assign', 'access'];

/** When a profile was taken, in Unix milliseconds. */
export interface ProfileTime {
  readonly from: number;
  readonly to: number;
}

/**
 * Map operations as a gzipped profile, as github.com/google/pprof/proto/profile.proto has it: one sample a stack, with
 * the labels `map_type` and `op`. What is seen most is shown when nobody says otherwise.
 */
export function pprofProfile(samples: readonly OpSample[], time: ProfileTime): Uint8Array {
  const strings = new StringTable();
  const text = (s: string): number => strings.dedup(s);
  const ops = (Object.keys(TYPES) as MapOp[]).filter(
    (op) => ALWAYS.includes(op) || samples.some((sample) => sample.op === op),
  );
  const places = new Places(text);
  const sums = new Map<MapOp, number>();
  const sample = samples.map((one) => {
    sums.set(one.op, (sums.get(one.op) ?? 0) + one.count);
    return new Sample({
      locationId: places.of(one.stack),
      value: ops.map((op) => (op === one.op ? one.count : 0)),
      label: [
        new Label({ key: text('op'), str: text(one.op) }),
        ...(one.mapType === undefined ? [] : [new Label({ key: text('map_type'), str: text(one.mapType) })]),
      ],
    });
  });
  const most = [...sums].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'delete';
  const shown = (sums.get('delete') ?? 0) > 0 ? 'delete' : most;
  const profile = new Profile({
    sampleType: ops.map((op) => new ValueType({ type: text(TYPES[op]), unit: text('count') })),
    sample,
    location: places.locations,
    function: places.functions,
    stringTable: strings,
    timeNanos: BigInt(Math.round(time.from)) * 1_000_000n,
    durationNanos: BigInt(Math.round(time.to - time.from)) * 1_000_000n,
    periodType: new ValueType({ type: text(TYPES[shown]), unit: text('count') }),
    period: 1,
    defaultSampleType: text(TYPES[shown]),
  });
  return gzipSync(profile.encode());
}

/** Numbers functions and places. A place is a call: the frame that was not inlined, and those inlined into it. */
class Places {
  readonly functions: Function[] = [];
  readonly locations: Location[] = [];
  readonly #text: (s: string) => number;
  readonly #functionIds = new Map<string, number>();
  readonly #locationIds = new Map<string, number>();

  constructor(text: (s: string) => number) {
    this.#text = text;
  }

  of(stack: readonly FrameOfEvent[]): number[] {
    const ids: number[] = [];
    let call: FrameOfEvent[] = [];
    for (const frame of stack) {
      call.push(frame);
      if (frame.inlined) continue;
      ids.push(this.#location(call));
      call = [];
    }
    if (call.length > 0) ids.push(this.#location(call));
    return ids;
  }

  #location(call: readonly FrameOfEvent[]): number {
    const name = JSON.stringify(call);
    let id = this.#locationIds.get(name);
    if (id !== undefined) return id;
    id = this.locations.length + 1;
    this.#locationIds.set(name, id);
    const line = call.map((frame) => new Line({ functionId: this.#function(frame), line: frame.line ?? 0 }));
    this.locations.push(new Location({ id, line }));
    return id;
  }

  #function({ function: called, file = '' }: FrameOfEvent): number {
    const name = `${called}\n${file}`;
    let id = this.#functionIds.get(name);
    if (id !== undefined) return id;
    id = this.functions.length + 1;
    this.#functionIds.set(name, id);
    const text = this.#text(called);
    this.functions.push(new Function({ id, name: text, systemName: text, filename: this.#text(file) }));
    return id;
  }
}
