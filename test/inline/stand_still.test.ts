import { afterEach, describe, expect, it } from 'vitest';
import { isMapauditError } from '../../src/base/errors.ts';
import { whileStill } from '../../src/probe/inline/inject/stand_still.ts';
import type { StillWork } from '../../src/probe/inline/inject/still_work.ts';
import { Tracee } from '../../src/probe/inline/inject/tracee.ts';
import { type Standing, standing, type Where } from './standing.ts';

const ZERO = new Uint8Array(4);
const SEVEN = Uint8Array.of(7, 0, 0, 0);
const EIGHT = Uint8Array.of(8, 0, 0, 0);

const programs: Standing[] = [];
afterEach(() => {
  for (const one of programs.splice(0)) one.stop();
});

async function started(where: Where): Promise<Standing> {
  const program = await standing(where);
  programs.push(program);
  return program;
}

/** Writes a word, if nobody stands in the site. Only the site is Go's code here. */
const work = ({ site, after, scratch }: Standing, more: Partial<StillWork> = {}): StillWork => ({
  keepOut: [{ start: site + 1, end: after }],
  expected: [{ address: scratch, bytes: SEVEN }],
  writes: [{ address: scratch, bytes: EIGHT }],
  name: 'written',
  watched: [],
  goText: { start: site, end: after },
  ...more,
});

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isMapauditError(error)) return error.code;
    throw error;
  }
  return 'none';
};

describe('a thread in the middle of what is to be replaced', () => {
  for (const where of ['inside', 'empty', 'full', 'nested'] as const) {
    const how = { inside: 'by itself', empty: 'under a handler that holds no signal back', full: "under one that holds all back, as Go's do", nested: 'under a handler on another stack than the one within' }[where]; // prettier-ignore

    it(`${how}: nothing is written`, { timeout: 60_000 }, async () => {
      const program = await started(where);
      const tracee = new Tracee(program.pid);
      try {
        expect(codeOf(() => whileStill(tracee, work(program)))).toBe('cannot-stop');
        expect(tracee.read(program.scratch, 4)).toEqual(SEVEN);
        // As an address that is only watched, it does not keep the rest from being done.
        const watched = work(program, { keepOut: [], watched: work(program).keepOut });
        expect(whileStill(tracee, watched).inside).toBe(true);
        expect(tracee.read(program.scratch, 4)).toEqual(EIGHT);
      } finally {
        tracee.close();
      }
    });

    it(`${how}: it is waited for`, { timeout: 60_000 }, async () => {
      const program = await started(where);
      const order: string[] = [];
      const tracee = new Tracee(program.pid, (step) => {
        if (step !== 'all stopped' && step !== 'written') return;
        order.push(step);
        // From the fourth time on it may go on.
        if (order.length !== 4) return;
        tracee.write(program.hold, ZERO);
        tracee.write(program.stay, ZERO);
      });
      try {
        const { tries, inside } = whileStill(tracee, work(program));
        expect(inside).toBe(false);
        expect(tries).toBeGreaterThan(4);
        expect(order.lastIndexOf('all stopped')).toBe(order.indexOf('written') - 1);
        expect(tracee.read(program.scratch, 4)).toEqual(EIGHT);
      } finally {
        tracee.close();
      }
    });
  }
});

describe('bytes that are not what they should be', () => {
  it('are refused, and nothing is written', { timeout: 60_000 }, async () => {
    const program = await started('inside');
    const tracee = new Tracee(program.pid);
    try {
      const wrong = work(program, { keepOut: [], expected: [{ address: program.scratch, bytes: EIGHT }] });
      expect(codeOf(() => whileStill(tracee, wrong))).toBe('foreign-code');
      expect(tracee.read(program.scratch, 4)).toEqual(SEVEN);
      expect(whileStill(tracee, work(program, { keepOut: [] })).tries).toBeGreaterThan(0);
    } finally {
      tracee.close();
    }
  });
});

describe('a rehearsal', () => {
  it('touches nothing: no step is taken before a thread is seized', { timeout: 60_000 }, async () => {
    const program = await started('inside');
    const steps: string[] = [];
    const tracee = new Tracee(program.pid, (step) => steps.push(step));
    try {
      whileStill(tracee, work(program, { keepOut: [] }));
      expect(steps[0]).toBe('seize');
      expect(steps.filter((step) => step === 'written')).toHaveLength(1);
      expect(steps.at(-1)).toBe('detach');
    } finally {
      tracee.close();
    }
  });
});
