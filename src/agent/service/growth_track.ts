import type { Closable } from '../../base/dispose.ts';
import type { GrowthStep, ServedEvent } from '../../model/feed.ts';
import type { ProcessRef } from '../../model/window.ts';
import { KEY_TEXT_MAX } from '../../model/record.ts';
import type { GrowthEvent } from '../../protocol/growth.ts';
import type { GrowOptions } from '../../protocol/options.ts';
import { Audit } from '../audit.ts';
import { GrowStream } from '../grow_stream.ts';
import { type Moved, movedSince } from './moved.ts';
import { growthPlanFor } from '../plans.ts';
import type { Target } from '../target.ts';
import { wayFor } from '../way.ts';
import type { MeteredProbe } from './cost_meter.ts';
import { siteOf } from './site_of.ts';
import type { TrackOptions } from './track.ts';

/** At most: growths are few. */
const RING_BYTES = 1 << 18;

/** Tells each growth of a process's maps. */
export class GrowthTrack implements Closable {
  readonly #audit: Audit;
  readonly #stream: GrowStream;
  readonly #process: ProcessRef;
  readonly #hasExits: boolean;
  readonly #moved: Moved;

  /** Errors: those of the plan and of attaching. */
  constructor(target: Target, process: ProcessRef, { keys, ringBytes, salt, clock }: TrackOptions) {
    this.#moved = movedSince(clock);
    const options: GrowOptions = {
      selection: { type: 'pid', pid: target.pid },
      filters: { ops: ['grow', 'clear'] },
      keys,
      effects: 'off',
      probe: 'kernel',
      frames: 0,
    };
    const plan = growthPlanFor(target.binary);
    const way = wayFor(target.binary, target.pid, {
      kind: 'kernel',
      ops: options.filters.ops,
      effects: 'off',
      plan,
    });
    const keyBytes = keys.type === 'none' ? 0 : KEY_TEXT_MAX;
    this.#audit = new Audit(
      { type: 'process', target },
      way,
      {
        mode: 'events',
        sampleEvery: 1,
        frames: 0,
        keyBytes,
        facts: true,
        verdicts: false,
        ringBytes: Math.min(RING_BYTES, ringBytes),
      },
      false,
    );
    this.#hasExits = way.plan.sites.some(({ role }) => role === 'exit');
    this.#process = process;
    this.#stream = new GrowStream(this.#audit, options, salt, true);
  }

  get lost(): number {
    return this.#stream.lost;
  }

  /** Growths are told all: none is left out by sampling. */
  metered(): MeteredProbe {
    let [entries, events] = [0, 0];
    for (const { hits, ignored } of this.#audit.siteCounts()) {
      entries += hits + ignored;
      events += hits;
    }
    const { probe } = this.#audit;
    return { probe, entries, events, hasExits: this.#hasExits, isReads: false };
  }

  drain(): GrowthStep[] {
    return this.#stream.drain().map((event) => this.#moved(growthStep(event, this.#process)));
  }

  finish(): GrowthStep[] {
    return this.#stream.finish().map((event) => this.#moved(growthStep(event, this.#process)));
  }

  /** Without holding all up; `close` follows. */
  takeOut(): Promise<void> {
    return this.#audit.takeOut();
  }

  close(): void {
    this.#audit.close();
  }
}

/** Growths among events of an ordinary probe: that there was one, of which map and from where, and not how large. */
export const growthsAmong = (events: readonly ServedEvent[], process: ProcessRef): GrowthStep[] =>
  events.flatMap((event) => (event.op === 'grow' ? [{ ...placeOf(event, process), op: event.op }] : []));

const growthStep = (event: GrowthEvent, process: ProcessRef): GrowthStep => {
  const { op, growth } = event;
  return {
    ...placeOf(event, process),
    op,
    ...(growth?.trigger === undefined ? {} : { trigger: growth.trigger }),
    ...(growth?.from === undefined ? {} : { from: growth.from }),
    ...(growth?.to === undefined ? {} : { to: growth.to }),
    ...(growth?.unit === undefined ? {} : { unit: growth.unit }),
    ...(growth?.moved === undefined ? {} : { moved: growth.moved }),
    ...(growth?.duration_ns === undefined ? {} : { durationNs: growth.duration_ns }),
  };
};

/** When, where and of which map. */
function placeOf(
  { time, map, len, caller }: Pick<ServedEvent, 'time' | 'map' | 'len' | 'caller'>,
  process: ProcessRef,
): Omit<GrowthStep, 'op'> {
  const site = siteOf(caller);
  return {
    type: 'growth',
    process,
    at: Date.parse(time),
    ...(map.type === undefined ? {} : { mapType: map.type }),
    ...(map.id === undefined ? {} : { mapId: map.id }),
    ...(map.address === undefined ? {} : { mapAddress: map.address }),
    ...(len === undefined ? {} : { len }),
    ...(site === undefined ? {} : { site }),
  };
}
