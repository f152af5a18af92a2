import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../src/base/errors.ts';
import { usefulLine, verifierError } from '../../src/probe/kernel/verifier_log.ts';
import { loadProgram } from '../../src/sys/bpf.ts';
import { openHandles } from '../../src/sys/handles.ts';
import { BAD_PROGRAMS } from './bad_programs.ts';

describe('a program that the verifier rejects', () => {
  // The longest of them takes seconds; its log is read by the unit test.
  it.each(BAD_PROGRAMS.filter(({ name }) => name !== 'too_long'))(
    '$name',
    ({ name, code, license, reason }) => {
      const load = (): void =>
        loadProgram({ name, instructions: code, license, multi: false }, (log) =>
          verifierError(name, log),
        ).close();
      try {
        load();
        expect.unreachable('it was loaded');
      } catch (error) {
        if (!isMapauditError(error, 'verifier')) throw error;
        const log = String(error.cause);
        expect(usefulLine(log)).toMatch(reason);
        expect(error.message).toContain(usefulLine(log));
      }
      expect(openHandles()).toEqual([]);
    },
  );
});
