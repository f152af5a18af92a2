import type { MapOp } from '../model/map_op.ts';
import type { FrameOfEvent } from '../model/map_event.ts';
import type { OpSample } from './op_samples.ts';

interface Frame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
}

/** A file of https://www.speedscope.app: https://www.speedscope.app/file-format-schema.json. */
export interface SpeedscopeFile {
  readonly $schema: 'https://www.speedscope.app/file-format-schema.json';
  readonly shared: { readonly frames: readonly Frame[] };
  readonly profiles: readonly {
    readonly type: 'sampled';
    readonly name: string;
    readonly unit: 'none';
    readonly startValue: number;
    readonly endValue: number;
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
  readonly name: string;
  readonly activeProfileIndex: number;
  readonly exporter: string;
}

/** One profile an operation, the busiest first; below each stack stands the type of the map. */
export function speedscopeFile(samples: readonly OpSample[], name: string, version: string): SpeedscopeFile {
  const frames = new Frames();
  const ops = [...new Set(samples.map(({ op }) => op))];
  const profiles = ops.map((op) => profileOf(op, samples, frames)).sort((a, b) => b.endValue - a.endValue);
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    shared: { frames: frames.all },
    profiles,
    name,
    activeProfileIndex: 0,
    exporter: `mapaudit ${version}`,
  };
}

function profileOf(
  op: MapOp,
  samples: readonly OpSample[],
  frames: Frames,
): SpeedscopeFile['profiles'][number] {
  const own = samples.filter((sample) => sample.op === op);
  return {
    type: 'sampled',
    name: `map ${op}`,
    unit: 'none',
    startValue: 0,
    endValue: own.reduce((sum, { count }) => sum + count, 0),
    // Outermost first.
    samples: own.map(({ stack, mapType }) => [
      ...[...stack].reverse().map((frame) => frames.of(frameOf(frame))),
      frames.of({ name: `${op} ${mapType ?? 'map'}` }),
    ]),
    weights: own.map(({ count }) => count),
  };
}

const frameOf = ({ function: name, file, line }: FrameOfEvent): Frame => ({
  name,
  ...(file === undefined ? {} : { file }),
  ...(line === undefined ? {} : { line }),
});

class Frames {
  readonly all: Frame[] = [];
  readonly #numbers = new Map<string, number>();

  of(frame: Frame): number {
    const name = JSON.stringify(frame);
    let number = this.#numbers.get(name);
    if (number === undefined) this.#numbers.set(name, (number = this.all.push(frame) - 1));
    return number;
  }
}
