import type { RaceSpent } from '../../model/race_probe.ts';
import { RaceBase } from '../shared/race_base.ts';
import { LONGEST_NS, QUIET_NS, WAIT_NS } from '../shared/race_rules.ts';
import { WantedTypes } from '../shared/wanted_types.ts';
import { writeRaceEntry } from './code/race_entry.ts';
import { writeRaceRoutines } from './code/race_look.ts';
import type { CodeWriter } from './code/make_code.ts';
import { writeRoutines } from './code/routines.ts';
import { InlineProbe, type InlineProbeSpec } from './inline_probe.ts';
import { ASKED, RACE_AT, RACE_TABLES, SPENT, TYPES } from './race_layout.ts';

/** Nanoseconds between two records of maps that several write to, whichever maps. */
const SHARED_GAP_NS = 500_000;
/** So long after the reader was there for the last time nobody waits any more. It comes several times a second. */
const LEASE_NS = 2_000_000_000;

/** Looks for races by jumps in the code of a running program. Errors: those of `InlineProbe`. */
export class InlineRace extends RaceBase<InlineProbe> {
  readonly #types: WantedTypes;

  constructor(spec: Omit<InlineProbeSpec, 'other'>) {
    super(new InlineProbe({ ...spec, other: { bytes: RACE_TABLES.bytes, writer: racing } }));
    this.#types = new WantedTypes(this.probe.words, {
      typed: RACE_AT + ASKED.typed,
      types: RACE_AT + TYPES.at,
      most: TYPES.most,
    });
  }

  get cost(): InlineProbe['cost'] {
    return this.probe.cost;
  }

  allow(totalNs: number, pace: number): void {
    const ticks = (ns: number): bigint => BigInt(Math.floor(ns * this.probe.perNano));
    this.#set(ASKED.wait, ticks(WAIT_NS));
    this.#set(ASKED.quiet, ticks(QUIET_NS));
    this.#set(ASKED.longest, ticks(LONGEST_NS));
    this.#set(ASKED.sharedGap, ticks(SHARED_GAP_NS));
    this.#set(ASKED.pace, BigInt(Math.ceil(pace)));
    this.#set(ASKED.allowed, ticks(totalNs));
    this.#set(ASKED.lease, this.probe.now + ticks(LEASE_NS));
  }

  spent(): RaceSpent {
    const { words, perNano } = this.probe;
    const of = (at: number): number => Number(words.getBigUint64(RACE_AT + at, true));
    return {
      ns: of(SPENT.ticks) / perNano,
      watches: of(SPENT.watches),
      longestNs: of(SPENT.longest) / perNano,
      met: of(SPENT.met),
    };
  }

  override setVerdict(_pid: number, subject: 'type' | 'caller' | 'map', id: number, wanted: boolean): void {
    this.#types.set(subject, id, wanted);
  }

  #set(at: number, value: bigint): void {
    this.probe.words.setBigUint64(RACE_AT + at, value, true);
  }
}

const racing =
  (tables: number): CodeWriter =>
  (a, config) => {
    const race = { ...config, owners: tables + RACE_TABLES.owners, told: tables + RACE_TABLES.told };
    const routines = { ...writeRoutines(a, config), ...writeRaceRoutines(a, race) };
    return (site, patch) => {
      if (site.role === 'exit') throw new Error('internal: races are looked for where operations begin');
      return writeRaceEntry(a, race, routines, site, patch);
    };
  };
