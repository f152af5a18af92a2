import type { ProbePlan } from '../../model/probe_plan.ts';
import type { RaceProbe, RaceSpent } from '../../model/race_probe.ts';
import { lookupElement, updateElement } from '../../sys/bpf.ts';
import { attachKernelProbe, type KernelProbeSpec, type KernelRunningProbe } from '../kernel/kernel_probe.ts';
import { u32 } from '../kernel/maps.ts';
import { RaceBase } from '../shared/race_base.ts';
import { LONGEST_NS, MOVES, QUIET_NS, raceRole, WAIT_NS } from '../shared/race_rules.ts';
import { RACE_CONFIG, RACE_SPENT, ROLE_READ, ROLE_WRITE } from './layout.ts';

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

class KernelRace extends RaceBase<KernelRunningProbe> {
  allow(totalNs: number, pace: number): void {
    const values = BigUint64Array.of(BigInt(Math.floor(totalNs)), BigInt(Math.ceil(pace)));
    updateElement(this.probe.map('race_control'), u32(0), values);
  }

  spent(): RaceSpent {
    const values = new BigUint64Array(RACE_SPENT.size / 8);
    lookupElement(this.probe.map('race_spent'), u32(0), values);
    const of = (offset: number): number => Number(values[offset / 8]);
    return {
      ns: of(RACE_SPENT.nanoseconds),
      watches: of(RACE_SPENT.watches),
      longestNs: of(RACE_SPENT.longest),
      met: of(RACE_SPENT.met),
    };
  }
}

/** struct race_config, into the object's read-only data. */
export function fillRace(data: Uint8Array, at: number, { sites }: Pick<ProbePlan, 'sites'>): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  view.setBigUint64(at + RACE_CONFIG.wait, BigInt(WAIT_NS), true);
  view.setBigUint64(at + RACE_CONFIG.quiet, BigInt(QUIET_NS), true);
  view.setBigUint64(at + RACE_CONFIG.longest, BigInt(LONGEST_NS), true);
  view.setUint32(at + RACE_CONFIG.moves, MOVES, true);
  for (const site of sites)
    data[at + RACE_CONFIG.role + site.index] = raceRole(site) === 'write' ? ROLE_WRITE : ROLE_READ;
}
