import { readFileSync } from 'node:fs';
import { MapauditError } from '../../../base/errors.ts';
import { ptrace } from '../../../sys/ptrace.ts';
import type { Journal } from './journal.ts';
import { argumentsOf, CALLS, type PayloadKind } from './payload.ts';
import { filterVerdict } from './seccomp.ts';
import type { Tracee } from './tracee.ts';

/** `Seccomp:` of /proc/PID/status: proc(5). */
const OFF = '0';
const FILTER = '2';

/** What a payload would call, and from where. */
export interface PayloadCalls {
  readonly kind: PayloadKind;
  readonly at: number;
  readonly place: Journal;
}

/**
 * Whether every filter of a thread that we hold lets it do the calls of a payload: one that does not may end the
 * program. Errors: `seccomp`; nothing is touched.
 */
export function checkSeccomp(tracee: Tracee, tid: number, { kind, at, place }: PayloadCalls): void {
  const mode = modeOf(tracee.pid, tid);
  if (mode === OFF) return;
  if (mode !== FILTER) throw refused(tracee, 'is in seccomp strict mode');
  const args = argumentsOf(kind, at, place, tracee.lowestFreeFd());
  for (let index = 0; ; index++) {
    const filter = ptrace.seccompFilter(tid, index);
    if (filter === undefined) return;
    if (typeof filter === 'number')
      throw refused(
        tracee,
        `has a seccomp filter, which may not be read (errno ${filter}; it needs CAP_SYS_ADMIN)`,
      );
    CALLS[kind].forEach((call, i) => {
      if (filterVerdict(filter, call, at, args[i]) !== 'allowed')
        throw refused(tracee, `has a seccomp filter that does not allow system call ${call}`, call);
    });
  }
}

function modeOf(pid: number, tid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/task/${tid}/status`, 'utf8');
    return /^Seccomp:\s*(\d)/m.exec(status)?.[1] ?? OFF;
  } catch {
    return undefined;
  }
}

const refused = (tracee: Tracee, why: string, call?: number): MapauditError =>
  new MapauditError('seccomp', `pid ${tracee.pid} ${why}; nothing was changed`, {
    hint: 'Use --probe kernel, which has the program do nothing.',
    ...(call === undefined ? {} : { fields: { call } }),
  });
