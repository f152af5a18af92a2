import type { RaceProbe, RaceSpent } from '../../model/race_probe.ts';
import { BuildProbe, type BuildProbeSpec } from './build_probe.ts';
import { RACE_AREA, RACE_PAGE, RACE_TYPES } from './race_layout.ts';

/** How long an operation is held, as by the kernel's probe (probe/race/kernel_race.ts), for the same reasons. */
const WAIT_NS = 30_000n;
/** How often a map has to change hands before it is watched, as there. */
const MOVES = 3n;

/** Looks for races through the hook that `mapaudit go build` has placed in a program. Errors: those of `BuildProbe`. */
export class BuildRace implements RaceProbe {
  readonly #probe: BuildProbe;
  readonly #words: DataView;
  #types = 0;
  #rejected = false;

  constructor(spec: Omit<BuildProbeSpec, 'prepare'>) {
    this.#probe = new BuildProbe({
      ...spec,
      prepare: (words) => {
        for (let at = 0; at < RACE_AREA.bytes; at += 8) words.setBigUint64(RACE_AREA.at + at, 0n, true);
        words.setBigUint64(RACE_AREA.at + RACE_PAGE.wait, WAIT_NS, true);
        words.setBigUint64(RACE_AREA.at + RACE_PAGE.moves, MOVES, true);
      },
    });
    this.#words = this.#probe.words;
  }

  get attachMs(): number {
    return this.#probe.attachMs;
  }

  get fill(): number {
    return this.#probe.fill;
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

  drain(...args: Parameters<RaceProbe['drain']>): bigint {
    return this.#probe.drain(...args);
  }

  detach(): void {
    this.#probe.detach();
  }

  lost(): number {
    return this.#probe.lost();
  }

  siteCounts(): ReturnType<RaceProbe['siteCounts']> {
    return this.#probe.siteCounts();
  }

  loadBias(): undefined {
    return undefined;
  }

  setKeyPlans(...args: Parameters<RaceProbe['setKeyPlans']>): void {
    this.#probe.setKeyPlans(...args);
  }

  /** Once a type is rejected, no time goes into any but those that are wanted, as long as they fit; the reader decides of all. */
  setVerdict(_pid: number, subject: 'type' | 'caller' | 'map', id: number, wanted: boolean): void {
    if (subject !== 'type') return;
    if (!wanted) this.#rejected = true;
    else {
      if (this.#types < RACE_TYPES) this.#set(RACE_PAGE.types + 8 * this.#types, BigInt(id));
      this.#types++;
    }
    const fits = this.#types <= RACE_TYPES;
    this.#set(RACE_PAGE.typed, this.#rejected && fits ? BigInt(this.#types + 1) : 0n);
  }

  close(): void {
    this.#probe.close();
  }

  #set(at: number, value: bigint): void {
    this.#words.setBigUint64(RACE_AREA.at + at, value, true);
  }
}
