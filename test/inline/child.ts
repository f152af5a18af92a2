/**
 * Attaches the inline probe to a process and takes it out again, in a process of its own, so that tests can have it
 * killed: `child.ts PID attach|remove|cycles N [STEP OCCURRENCE]`. With STEP it kills itself when that step of the
 * recipe is reached for the given time; `none` is no step, and nobody is told of any: as in real life.
 */
import { Target } from '../../src/agent/target.ts';
import { planPatches } from '../../src/go/plan/patch_plan.ts';
import { planProbes } from '../../src/go/plan/plan.ts';
import { planRace } from '../../src/go/plan/race.ts';
import { fileAddr } from '../../src/model/addr.ts';
import { pid as toPid } from '../../src/model/ids.ts';
import { MAP_OPS } from '../../src/model/map_op.ts';
import type { ProbeOptions } from '../../src/model/probe.ts';
import { InlineProbe } from '../../src/probe/inline/inline_probe.ts';
import { InlineRace } from '../../src/probe/inline/inline_race.ts';

const [pidText = '', what = 'attach', count = '1', fatal, occurrence = '1'] = process.argv.slice(2);
const pid = toPid(Number(pidText));
const target = Target.open(pid);
const { moduleData } = target.binary;
const text = { start: moduleData.text, end: moduleData.etext };
const { plan, patch } = planPatches(
  target.binary,
  planProbes(target.binary, { ops: MAP_OPS, exits: true }),
  text,
);
const steps = new Map<string, number>();
const MODES = ['events', 'both', 'counts', 'race'] as const;
/** So long a probe that looks for races is there: some waits. */
const RACE_MS = 10;

function note(name: string): void {
  const seen = (steps.get(name) ?? 0) + 1;
  steps.set(name, seen);
  if (name === fatal && seen === Number(occurrence)) process.kill(process.pid, 'SIGKILL');
}

const OPTIONS: Omit<ProbeOptions, 'mode'> = {
  sampleEvery: 1,
  frames: 4,
  keyBytes: 64,
  verdicts: false,
  ringBytes: 1 << 18,
};

function attach(i: number): InlineProbe | InlineRace {
  const mode = MODES[i % MODES.length] ?? 'events';
  const spec = {
    pid,
    bias: target.bias,
    keyPlans: target.keyPlans(),
    file: (address: number, length: number) => target.binary.read(fileAddr(address), length),
    ...(fatal === 'none' ? {} : { step: note }),
    options: { ...OPTIONS, mode: mode === 'race' ? 'events' : mode },
  } as const;
  if (mode !== 'race') return new InlineProbe({ ...spec, plan, patch });
  const race = new InlineRace({
    ...spec,
    ...planPatches(target.binary, planRace(target.binary, { steps: true }), text),
  });
  race.allow(1e9, 1);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RACE_MS);
  return race;
}

const still: number[] = [];
const held: number[] = [];
const tries: number[] = [];
const attached: number[] = [];
for (let i = 0; i < Number(count); i++) {
  process.send?.('attaching');
  const probe = attach(i);
  still.push(probe.cost.stillUs);
  held.push(probe.cost.heldUs);
  tries.push(probe.cost.tries);
  attached.push(probe.attachMs);
  probe.drain(() => undefined);
  if (what === 'attach') {
    // As if killed: the patch stays.
    process.stdout.write(JSON.stringify({ steps: [...steps] }), () => process.kill(process.pid, 'SIGKILL'));
    break;
  }
  steps.clear();
  process.send?.('removing');
  probe.close();
}
const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);
if (what !== 'attach')
  console.log(
    JSON.stringify({
      steps: [...steps],
      still: sorted(still),
      held: sorted(held),
      tries: sorted(tries),
      attachMs: sorted(attached),
      cycles: still.length,
    }),
  );
