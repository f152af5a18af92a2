import { readFileSync, statSync } from 'node:fs';

/** CPU numbers of a list such as `0-3,8`. */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = [];
  for (const part of text.trim().split(',')) {
    if (part === '') continue;
    const [first = 0, last = first] = part.split('-').map(Number);
    for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu);
  }
  return cpus;
}

let possible: number | undefined;

/** CPUs that the kernel has made room for: per-CPU values have one slot for each. */
export function possibleCpus(): number {
  possible ??= Math.max(...parseCpuList(readFileSync('/sys/devices/system/cpu/possible', 'utf8'))) + 1;
  return possible;
}

export function onlineCpus(): number[] {
  return parseCpuList(readFileSync('/sys/devices/system/cpu/online', 'utf8'));
}

/** How many rows a table by CPU number needs for those that are online. */
export const onlineRows = (): number => Math.max(...onlineCpus()) + 1;

/** `dev` and `ino` of our pid namespace when it is not the machine's first one. Linux: include/linux/proc_ns.h. */
export function ownPidNamespace(): { readonly dev: number; readonly ino: number } | undefined {
  const FIRST = 0xeffffffc;
  const { dev, ino } = statSync('/proc/self/ns/pid');
  return ino === FIRST ? undefined : { dev, ino };
}
