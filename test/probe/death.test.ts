import { afterEach, beforeEach, expect, it } from 'vitest';
import { attachKernelProbe } from '../../src/probe/kernel/kernel_probe.ts';
import { attachInChild, ended } from './children.ts';
import { totals } from './drained.ts';
import { buildTarget, bytesAt, bytesPlanned, RunningTarget, specFor } from './target.ts';

let target: RunningTarget;
beforeEach(async () => {
  target = await RunningTarget.start(buildTarget('death'));
});
afterEach(() => target.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the kernel has taken the probes out, which it does some time after a process has been killed. */
async function unprobed(): Promise<boolean> {
  const spec = specFor(target.pid);
  const planned = bytesPlanned(spec.plan).join();
  for (let attempt = 0; attempt < 3000; attempt++) {
    if (bytesAt(spec).join() === planned) return true;
    await pause(10);
  }
  return false;
}

it('when mapaudit is killed, its probes go, and the program goes on', async () => {
  const child = await attachInChild(target.pid);
  expect(await child.answer).toEqual({ attached: true });
  expect(bytesAt(specFor(target.pid)).every((bytes) => bytes.startsWith('cc'))).toBe(true);
  const flood = target.ask('flood 600');
  await pause(200);
  child.process.kill('SIGKILL');
  await ended(child.process);
  expect(Number(await flood)).toBeGreaterThan(0);
  expect(await unprobed()).toBe(true);
  await target.ask('assign 100 4');
  expect(target.exit).toBeUndefined();
});

/**
 * What holds is that the program runs on and that the next probe leaves it clean. A kill in the very milliseconds
 * of attaching may leave breakpoints behind (see links.ts), which only cost time: the kernel passes them over.
 */
it('killed while it attaches, the program goes on, and the next probe clears what the kernel left', async () => {
  const spec = specFor(target.pid);
  for (let delay = 0; delay <= 150; delay += 25) {
    const child = await attachInChild(target.pid);
    const flood = target.ask('flood 300');
    await pause(delay);
    child.process.kill('SIGKILL');
    await ended(child.process);
    expect(Number(await flood)).toBeGreaterThan(0);
    const probe = attachKernelProbe(spec);
    await target.ask('assign 100 2');
    expect(totals(probe).hits).toBe(200);
    probe.close();
    expect(await unprobed()).toBe(true);
  }
  expect(target.exit).toBeUndefined();
});

it('a program that ends under a probe does not take mapaudit with it', async () => {
  const child = await attachInChild(target.pid);
  expect(await child.answer).toEqual({ attached: true });
  target.close();
  await pause(200);
  expect([child.process.exitCode, child.process.signalCode]).toEqual([null, null]);
  child.process.kill('SIGKILL');
  await ended(child.process);
});
