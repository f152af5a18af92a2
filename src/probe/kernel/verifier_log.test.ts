import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { usefulLine, verifierError } from './verifier_log.ts';

/** Logs of Linux 6.18, from the programs of test/probe/bad_programs.ts; the middle of the longest is cut out. */
const log = (name: string): string => readFileSync(new URL(`testdata/${name}.log`, import.meta.url), 'utf8');

describe('the useful line of a verifier log', () => {
  it.each([
    ['unset_register', 'R3 !read_ok'],
    ['stray_pointer', "R1 invalid mem access 'scalar'"],
    ['beyond_context', 'invalid bpf_context access off=4096 size=8'],
    ['unset_stack', 'invalid read from stack R10 off=-520 size=8'],
    ['endless', 'unreachable insn 2'],
    ['too_long', 'BPF program is too large. Processed 1000001 insn'],
    ['wrong_licence', 'cannot call GPL-restricted function from non-GPL compatible program'],
  ])('%s', (name, line) => {
    expect(usefulLine(log(name))).toBe(line);
  });

  it('says so when there is none', () => {
    expect(usefulLine('')).toBe('no reason given');
    expect(usefulLine('processed 3 insns (limit 1000000)\n')).toBe('no reason given');
  });

  it('stands in the error; the whole log is its cause', () => {
    const error = verifierError('entry', log('unset_register'));
    expect(error.code).toBe('verifier');
    expect(error.message).toBe("the kernel rejects mapaudit's eBPF program entry: R3 !read_ok");
    expect(error.cause).toBe(log('unset_register'));
    expect(error.hint).toContain('uname -a');
  });
});
