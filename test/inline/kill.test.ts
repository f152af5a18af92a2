import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGo } from '../support/go_build.ts';
import { bundledChild, compareResults, killTest, LoadedProgram, pause, runChild } from './harm.ts';
import { randomFrom } from './random.ts';

describe('the inline probe leaves the program unharmed', () => {
  const path = buildGo('patched');

  it('when mapaudit is killed at any step', { timeout: 240_000 }, async () => {
    const result = await killTest(path, 30, 100, randomFrom(7));
    expect(result.harmed).toEqual([]);
    expect(result.notRecovered).toEqual([]);
    expect(result.kills).toBeGreaterThan(0);
  });

  describe('when it comes and goes', () => {
    let program: LoadedProgram;
    beforeAll(async () => {
      program = new LoadedProgram(path);
      await program.started();
    });
    afterAll(() => {
      program.stop();
    });

    it('many times', { timeout: 300_000 }, async () => {
      const args = [String(program.pid), 'cycles', '50', 'none'];
      const { code, complaint } = await runChild(bundledChild(), args, undefined, 200_000);
      expect(complaint).toBe('');
      expect(code).toBe(0);
      expect(await program.harm()).toBeUndefined();
      expect(program.remains()).toBeUndefined();
      const untouched = new LoadedProgram(path);
      try {
        await untouched.started();
        const compared = (): number | string => compareResults(program.results(), untouched.results());
        // As many as it takes some seconds to compute, or many on a busy machine.
        for (let i = 0; i < 60 && Number(compared()) <= 10; i++) await pause(1000);
        await pause(3000);
        expect(compared()).toBeGreaterThan(10);
      } finally {
        untouched.stop();
      }
    });

    it('and leaves its patch behind', { timeout: 120_000 }, async () => {
      const pid = String(program.pid);
      await runChild(bundledChild(), [pid, 'attach']);
      expect(program.remains()).toBe('memory');
      expect(await program.harm()).toBeUndefined();
      const { code, complaint } = await runChild(bundledChild(), [pid, 'cycles', '1']);
      expect(complaint).toBe('');
      expect(code).toBe(0);
      expect(program.remains()).toBeUndefined();
    });
  });
});
