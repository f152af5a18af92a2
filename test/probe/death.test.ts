import { afterEach, beforeEach, expect, it } from 'vitest';
import { attachInChild, ended } from './children.ts';
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
  for (let attempt = 0; attempt < 200; attempt++) {
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

it('nor does it matter at which moment of its attaching it is killed', async () => {
  let attached = 0;
  for (let delay = 0; delay <= 150; delay += 25) {
    const child = await attachInChild(target.pid);
    const flood = target.ask('flood 300');
    void child.answer.then(() => attached++).catch(() => undefined);
    await pause(delay);
    child.process.kill('SIGKILL');
    await ended(child.process);
    expect(Number(await flood)).toBeGreaterThan(0);
    expect(await unprobed()).toBe(true);
  }
  expect(attached).toBeLessThan(7); // the first ones were killed before they had attached
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
