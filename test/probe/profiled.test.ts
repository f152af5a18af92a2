import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attachInChild, ended } from './children.ts';
import { buildTarget, RunningTarget } from './target.ts';

let target: RunningTarget;
let folder = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mapaudit-profiled-'));
  target = await RunningTarget.start(buildTarget('profiled'));
});
afterEach(() => {
  target.close();
  rmSync(folder, { recursive: true });
});

/** A profiler's signals come more often than the verifier needs for one program, and it gives up at each. */
it.each([1000, 100])('attaches while a profiler interrupts it every %i us', async (interval) => {
  const profiler = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${interval}`];
  const child = await attachInChild(target.pid, [], profiler);
  expect(await child.answer).toEqual({ attached: true });
  child.process.kill('SIGKILL');
  await ended(child.process);
});
