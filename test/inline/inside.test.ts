import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Target } from '../../src/agent/target.ts';
import { planPatches } from '../../src/go/plan/patch_plan.ts';
import { planProbes } from '../../src/go/plan/plan.ts';
import { fileAddr } from '../../src/model/addr.ts';
import { pid as toPid } from '../../src/model/ids.ts';
import { MAP_OPS } from '../../src/model/map_op.ts';
import { InlineProbe } from '../../src/probe/inline/inline_probe.ts';
import { newRegisters, ptrace, REG } from '../../src/sys/ptrace.ts';
import { buildGo } from '../support/go_build.ts';
import { LoadedProgram } from './harm.ts';

describe('attaching to a Go program', () => {
  it('waits while a thread stands within the bytes of a site', { timeout: 120_000 }, async () => {
    const program = new LoadedProgram(buildGo('patched'));
    await program.started();
    const target = Target.open(toPid(program.pid));
    const { binary, bias } = target;
    const { text, etext } = binary.moduleData;
    const wanted = planProbes(binary, { ops: MAP_OPS, exits: true });
    const { plan, patch } = planPatches(binary, wanted, { start: text, end: etext });
    const file = (address: number, length: number) => binary.read(fileAddr(address), length);
    const steps: string[] = [];
    const right = newRegisters();
    const tids = () => readdirSync(`/proc/${program.pid}/task`).map(Number);
    let moved = 0;
    /** For one look, a thread that stands still is in the middle of a site: then its registers are as they were. */
    const step = (name: string): void => {
      if (!['all stopped', 'looked', 'site patched'].includes(name)) return;
      const times = steps.filter((one) => one === 'all stopped').length;
      steps.push(name);
      if (name === 'all stopped' && times < patch.sites.length) {
        moved = tids().find((tid) => ptrace.getRegs(tid, right)) ?? 0;
        const wrong = right.slice();
        const site = patch.sites[times];
        // Each of its last bytes is inside of each site as well as the second.
        const into = times % 2 === 0 ? 1 : (site?.original.length ?? 0) - 1;
        wrong[REG.rip] = BigInt((site?.address ?? 0) + bias + into);
        expect(ptrace.setRegs(moved, wrong).ok).toBe(true);
      } else if (name === 'looked' && moved !== 0) {
        expect(ptrace.setRegs(moved, right).ok).toBe(true);
        moved = 0;
      }
    };
    const options = { mode: 'events', sampleEvery: 1, frames: 4, keyBytes: 32, verdicts: false, ringBytes: 1 << 18 } as const; // prettier-ignore
    try {
      const probe = new InlineProbe({ pid: toPid(program.pid), plan, patch, bias, options, keyPlans: [], file, step }); // prettier-ignore
      const first = steps.indexOf('site patched');
      const looks = steps.slice(0, first).filter((one) => one === 'looked').length;
      // One of its threads may stand there by itself at the look after these.
      expect(looks).toBeGreaterThan(patch.sites.length);
      expect(steps.slice(first)).toEqual(patch.sites.map(() => 'site patched'));
      expect(probe.cost.tries).toBeGreaterThan(patch.sites.length);
      expect(await program.harm()).toBeUndefined();
      probe.close();
      expect(await program.harm()).toBeUndefined();
      expect(program.remains()).toBeUndefined();
    } finally {
      target.close();
      program.stop();
    }
  });
});
