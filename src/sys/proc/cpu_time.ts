import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc: always 100 on Linux x86-64 (include/uapi/asm-generic/param.h, USER_HZ). */
const TICKS = 100;

/** CPU time of all threads of a process so far, in milliseconds, to 10 ms; undefined when it has gone. proc(5), stat. */
export function cpuTimeMs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system] = [Number(fields[11]), Number(fields[12])];
    return Number.isFinite(user + system) ? ((user + system) * 1000) / TICKS : undefined;
  } catch {
    return undefined;
  }
}
