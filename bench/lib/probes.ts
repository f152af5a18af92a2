import type { MapOp } from '../../src/model/map_op.ts';
import { pid as toPid } from '../../src/model/ids.ts';
import type { ProbeOptions, RunningProbe } from '../../src/model/probe.ts';
import { Target } from '../../src/agent/target.ts';
import { type Effects, probePlanFor } from '../../src/agent/plans.ts';
import { attachKernelProbe } from '../../src/probe/kernel/kernel_probe.ts';

const OPTIONS: ProbeOptions = {
  mode: 'events',
  sampleEvery: 1,
  frames: 0,
  keyBytes: 64,
  verdicts: false,
  ringBytes: 8 << 20,
};
/** Twelve times as often as 8 MB fill up at a million events a second. */
const DRAIN_MS = 5;

/** What to attach, other than full events on the entries. */
export interface ProbeWish {
  readonly op: MapOp;
  readonly effects?: Effects;
  readonly empty?: boolean;
  readonly options?: Partial<ProbeOptions>;
}

/** A probe whose rings are emptied into nothing, so that nothing is lost. */
export interface Attached {
  lost(): number;
  events(): number;
  close(): void;
}

/** Puts a probe into a process, the way the agent does, and keeps its rings empty. */
export function attach(pid: number, wish: ProbeWish): Attached {
  const target = Target.open(toPid(pid));
  const probe: RunningProbe = attachKernelProbe({
    plan: probePlanFor(target.binary, [wish.op], wish.effects ?? 'off'),
    scope: { type: 'process', pid: toPid(pid) },
    options: { ...OPTIONS, ...wish.options },
    code: { memory: target.memory, bias: target.bias },
    keyPlans: target.keyPlans(),
    ...(wish.empty === true ? { empty: true } : {}),
  });
  let events = 0;
  const drain = (): void => {
    probe.drain((chunk) => {
      events += chunk.count;
    });
  };
  const timer = setInterval(drain, DRAIN_MS);
  return {
    lost: () => probe.lost(),
    events: () => events,
    close() {
      clearInterval(timer);
      probe.close();
      target.close();
    },
  };
}
