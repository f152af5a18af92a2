import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGo } from '../support/go_build.ts';
import { bundledChild, killTest, LoadedProgram, runChild } from './harm.ts';

/** The same sequence each time: a failure can be looked at. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the inline probe leaves the program unharmed', () => {
  const path = buildGo('patched');

  it('when mapaudit is killed at any step', { timeout: 120_000 }, async () => {
    const kills = Number(process.env['KILLS'] ?? 12);
    const result = await killTest(path, kills, Number(process.env['SECONDS'] ?? 40), randomFrom(7));
    if (process.env['KILLS'] !== undefined) console.log(JSON.stringify(result));
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

    it('many times', { timeout: 120_000 }, async () => {
      const { code, complaint } = await runChild(bundledChild(), [String(program.pid), 'cycles', '20']);
      expect(complaint).toBe('');
      expect(code).toBe(0);
      expect(await program.harm()).toBeUndefined();
      expect(program.remains()).toBeUndefined();
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
