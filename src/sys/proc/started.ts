import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc, on every Linux: USER_HZ, include/asm-generic/param.h. */
const TICKS = 100;
let boot: number | undefined;

/** When a process began, in Unix milliseconds. `startTime`: in clock ticks since boot, as `ProcessFacts` has it. */
export function startedMs(startTime: string): number {
  boot ??= Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? 0) * 1000;
  return boot + (Number(startTime) * 1000) / TICKS;
}
