import { MapauditError } from '../../base/errors.ts';

/** Lines that end a verifier log and say nothing about the reason. */
const NOISE = /^(processed \d+ insns|verification time|stack depth|mark_precise|$)/;
/** Lines that only trace the verifier's way: instructions, register states, source lines, branches taken. */
const TRACE = /^(\d+: |from \d+ to \d+|;|R\d+[_w=]|last_idx|first_idx|regs=|parent|\s)/;

/** The line of a verifier log that says why: the last one that is neither trace nor statistics. */
export function usefulLine(log: string): string {
  const lines = log.split('\n').map((line) => line.trimEnd());
  return lines.findLast((line) => !NOISE.test(line) && !TRACE.test(line)) ?? 'no reason given';
}

/** A rejected program, with the one useful line; the whole log is the cause. */
export function verifierError(program: string, log: string): MapauditError {
  return new MapauditError(
    'verifier',
    `the kernel rejects mapaudit's eBPF program ${program}: ${usefulLine(log)}`,
    {
      hint: 'This is a fault of mapaudit or of an unusual kernel: please report it with the output of `uname -a`.',
      cause: log,
    },
  );
}
