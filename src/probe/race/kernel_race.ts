import { WRITE_OPS } from '../../model/map_op.ts';
import type { ProbePlan, ProbeSite } from '../../model/probe_plan.ts';
import type { RaceProbe, RaceSpent } from '../../model/race_probe.ts';
import { lookupElement, updateElement } from '../../sys/bpf.ts';
import { attachKernelProbe, type KernelProbeSpec, type KernelRunningProbe } from '../kernel/kernel_probe.ts';
import { u32 } from '../kernel/maps.ts';
import { RACE_CONFIG, RACE_SPENT, ROLE_READ, ROLE_STEP, ROLE_WRITE } from './layout.ts';

/**
 * How long an operation is held, in nanoseconds. A partner must come within it: longer finds more with each wait, and the
 * budget allows fewer of them.
 */
const WAIT_NS = 30_000;
/**
 * Who was met is not let go before so long after the probe was done with the other: map operations are over by then, and
 * the runtime does not find the two within each other.
 */
const QUIET_NS = 8_000;
/** However many come, longer is nobody held. */
const LONGEST_NS = 250_000;
/** A map that was made by one goroutine and handed to another, and back, has changed hands twice. */
const MOVES = 3;

/**
 * runtime.hiter {key, elem, t, h} up to Go 1.23, internal/runtime/maps.Iter {key, elem, typ, m} since:
 * go1.18–1.23 src/runtime/map.go, go1.24–1.27 src/internal/runtime/maps/table.go.
 */
const ITERATOR = { type: 16, map: 24 } as const;

/** The sites at which an iteration goes on to its next entry. */
export const STEP_FUNCTIONS: readonly string[] = [
  'runtime.mapiternext',
  'runtime.mapIterNext',
  'reflect.mapIterNext',
];

/** Attaches the program that looks for races. Errors: those of `attachKernelProbe`. */
export function attachKernelRace(spec: Omit<KernelProbeSpec, 'program' | 'empty'>): RaceProbe {
  const probe = attachKernelProbe({
    ...spec,
    program: {
      object: 'bpf/race.bpf.o',
      entry: 'race',
      fill: (data, at) => fillRace(data, at('race'), spec.plan),
    },
  });
  return new KernelRace(probe);
}

class KernelRace implements RaceProbe {
  readonly #probe: KernelRunningProbe;

  constructor(probe: KernelRunningProbe) {
    this.#probe = probe;
  }

  get attachMs(): number {
    return this.#probe.attachMs;
  }

  get fill(): number {
    return this.#probe.fill;
  }

  allow(totalNs: number, pace: number): void {
    const values = BigUint64Array.of(BigInt(Math.floor(totalNs)), BigInt(Math.ceil(pace)));
    updateElement(this.#probe.map('race_control'), u32(0), values);
  }

  spent(): RaceSpent {
    const values = new BigUint64Array(RACE_SPENT.size / 8);
    lookupElement(this.#probe.map('race_spent'), u32(0), values);
    const of = (offset: number): number => Number(values[offset / 8]);
    return {
      ns: of(RACE_SPENT.nanoseconds),
      watches: of(RACE_SPENT.watches),
      longestNs: of(RACE_SPENT.longest),
      met: of(RACE_SPENT.met),
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

  loadBias(pid: number): number | undefined {
    return this.#probe.loadBias(pid);
  }

  setKeyPlans(...args: Parameters<RaceProbe['setKeyPlans']>): void {
    this.#probe.setKeyPlans(...args);
  }

  setVerdict(...args: Parameters<RaceProbe['setVerdict']>): void {
    this.#probe.setVerdict(...args);
  }

  close(): void {
    this.#probe.close();
  }
}

/** struct race_config, into the object's read-only data. */
export function fillRace(data: Uint8Array, at: number, { sites }: Pick<ProbePlan, 'sites'>): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  view.setBigUint64(at + RACE_CONFIG.wait, BigInt(WAIT_NS), true);
  view.setBigUint64(at + RACE_CONFIG.quiet, BigInt(QUIET_NS), true);
  view.setBigUint64(at + RACE_CONFIG.longest, BigInt(LONGEST_NS), true);
  view.setUint32(at + RACE_CONFIG.moves, MOVES, true);
  view.setUint32(at + RACE_CONFIG.iterator_type, ITERATOR.type, true);
  view.setUint32(at + RACE_CONFIG.iterator_map, ITERATOR.map, true);
  for (const site of sites) data[at + RACE_CONFIG.role + site.index] = roleOf(site);
}

function roleOf({ function: name, op }: ProbeSite): number {
  if (STEP_FUNCTIONS.includes(name)) return ROLE_STEP;
  return WRITE_OPS.includes(op) ? ROLE_WRITE : ROLE_READ;
}
