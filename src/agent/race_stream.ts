import { addr } from '../model/addr.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import type { RaceProbe } from '../model/race_probe.ts';
import { FLAG_COUNT_UNREADABLE, FLAG_KEY_UNPLANNED, MARK_SHARED } from '../model/record.ts';
import type { KeyMode } from '../protocol/options.ts';
import type { Sighting } from '../query/race/sighting.ts';
import { KeyTexts } from '../stream/key_text.ts';
import { EventLifter, framesAbove } from '../stream/lift.ts';
import { decodeRaceRecords } from '../stream/race_records.ts';
import { SymbolCache } from '../stream/symbols.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';
import { wallOffsetNs } from '../sys/clock.ts';
import { keyFormatter } from './key_formatter.ts';
import { StackLocks } from './stack_locks.ts';
import type { Target } from './target.ts';
import { typePattern } from '../query/type_pattern.ts';

/** What a stream is made of. */
export interface RaceStreamSpec {
  readonly target: Target;
  readonly plan: ProbePlan;
  readonly probe: RaceProbe;
  readonly keys: KeyMode;
  readonly salt: Uint8Array;
  /** Types of maps that are wanted: a JavaScript regular expression. */
  readonly map: string | undefined;
}

/** From the rings of a race probe to sightings. */
export class RaceStream {
  readonly #spec: RaceStreamSpec;
  readonly #symbols: SymbolCache;
  readonly #lifter: EventLifter;
  readonly #locks: StackLocks;
  readonly #wanted: RegExp | undefined;
  readonly #planned = new Set<number>();

  constructor(spec: RaceStreamSpec) {
    const { target, plan, keys: mode, salt, map, probe } = spec;
    this.#spec = spec;
    this.#symbols = new SymbolCache(() => target);
    this.#locks = new StackLocks(target, this.#symbols);
    const keys = new KeyTexts({
      mode,
      salt,
      formatter: keyFormatter(() => target.types),
      readImage: (_pid, at, length) => target.readImage(at, length),
    });
    this.#lifter = new EventLifter({
      sites: plan.sites,
      symbols: this.#symbols,
      wallOffset: wallOffsetNs(),
      keyText: (batch, row) => keys.of(batch, row),
    });
    this.#wanted = map === undefined ? undefined : typePattern(map);
    // Judged beforehand: no wait is spent on maps that nobody asked for.
    if (this.#wanted !== undefined)
      for (const type of target.binary.mapTypes()) {
        const here = addr(type + target.bias);
        probe.setVerdict(0, 'type', here, this.#isWanted(target.typeName(here)));
      }
  }

  drain(): readonly Sighting[] {
    const found: Sighting[] = [];
    this.#spec.probe.drain((chunk) =>
      decodeRaceRecords(chunk, (batch, marks) => {
        this.#planUnplanned(batch);
        marks.forEach(({ why, watch }, row) => {
          const event = this.#lifter.lift(batch, row);
          if (!this.#isWanted(event.map.type)) return;
          const seedKnown = ((batch.flags[row] ?? 0) & FLAG_COUNT_UNREADABLE) === 0;
          const seed = seedKnown ? batch.seed[row] : undefined;
          const locks = why === MARK_SHARED ? undefined : this.#locksOf(batch, row);
          found.push({ why, watch, map: batch.map[row] ?? 0, seed, event, locks });
        });
      }),
    );
    return found;
  }

  #locksOf(batch: TracedBatch, row: number): ReturnType<StackLocks['of']> {
    const caller = batch.caller[row] ?? 0;
    const above = framesAbove(batch, row);
    return caller === 0 || above === undefined ? undefined : this.#locks.of([caller, ...above]);
  }

  #isWanted(type: string | undefined): boolean {
    return this.#wanted === undefined || (type !== undefined && this.#wanted.test(type));
  }

  /** Tells the kernel of types that were made at run time, so that their keys are fetched in full from then on. */
  #planUnplanned(batch: TracedBatch): void {
    const { target, probe } = this.#spec;
    for (let row = 0; row < batch.length; row++) {
      if (((batch.flags[row] ?? 0) & FLAG_KEY_UNPLANNED) === 0) continue;
      for (const type of [batch.type[row] ?? 0, batch.keyType[row] ?? 0]) {
        if (type === 0 || this.#planned.has(type)) continue;
        this.#planned.add(type);
        const plan = target.keyPlanOf(addr(type));
        if (plan !== undefined) probe.setKeyPlans(0, [plan]);
      }
    }
  }
}
