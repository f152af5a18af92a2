import type { RaceSpent } from '../../model/race_probe.ts';
import { RaceBase } from '../shared/race_base.ts';
import { MOVES, WAIT_NS } from '../shared/race_rules.ts';
import { WantedTypes } from '../shared/wanted_types.ts';
import { BuildProbe, type BuildProbeSpec } from './build_probe.ts';
import { RACE_AREA, RACE_PAGE, RACE_TYPES } from './race_layout.ts';

/** Looks for races through the hook that `mapaudit go build` has placed in a program. Errors: those of `BuildProbe`. */
export class BuildRace extends RaceBase<BuildProbe> {
  readonly #words: DataView;
  readonly #types: WantedTypes;

  constructor(spec: Omit<BuildProbeSpec, 'prepare'>) {
    const probe = new BuildProbe({
      ...spec,
      prepare: (words) => {
        for (let at = 0; at < RACE_AREA.bytes; at += 8) words.setBigUint64(RACE_AREA.at + at, 0n, true);
        words.setBigUint64(RACE_AREA.at + RACE_PAGE.wait, BigInt(WAIT_NS), true);
        words.setBigUint64(RACE_AREA.at + RACE_PAGE.moves, BigInt(MOVES), true);
      },
    });
    super(probe);
    this.#words = probe.words;
    this.#types = new WantedTypes(probe.words, {
      typed: RACE_AREA.at + RACE_PAGE.typed,
      types: RACE_AREA.at + RACE_PAGE.types,
      most: RACE_TYPES,
    });
  }

  allow(totalNs: number, pace: number): void {
    this.#set(RACE_PAGE.pace, BigInt(Math.ceil(pace)));
    this.#set(RACE_PAGE.allowed, BigInt(Math.floor(totalNs)));
  }

  spent(): RaceSpent {
    const of = (at: number): number => Number(this.#words.getBigUint64(RACE_AREA.at + at, true));
    return {
      ns: of(RACE_PAGE.ns),
      watches: of(RACE_PAGE.watches),
      longestNs: of(RACE_PAGE.longest),
      met: of(RACE_PAGE.met),
    };
  }

  override loadBias(): undefined {
    return undefined;
  }

  override setVerdict(_pid: number, subject: 'type' | 'caller' | 'map', id: number, wanted: boolean): void {
    this.#types.set(subject, id, wanted);
  }

  #set(at: number, value: bigint): void {
    this.#words.setBigUint64(RACE_AREA.at + at, value, true);
  }
}
