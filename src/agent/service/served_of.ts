import { readFileSync } from 'node:fs';
import { buildIdOf } from '../../binary/elf/notes.ts';
import type { ServedProcess } from '../../model/feed.ts';
import { versionName } from '../../query/version_name.ts';
import type { Target } from '../target.ts';

/** A process as the feed tells of it. */
export function servedProcess(target: Target, probe: NonNullable<ServedProcess['probe']>): ServedProcess {
  const { pid, facts, binary } = target;
  const buildId = buildIdOf(binary.elf);
  const cgroup = cgroupOf(pid);
  return {
    pid,
    started: target.began,
    name: facts.name,
    ...(buildId === undefined ? {} : { buildId }),
    ...(facts.exe === undefined ? {} : { exe: facts.exe }),
    goVersion: versionName(binary.version),
    ...(facts.container === undefined ? {} : { container: facts.container }),
    ...(cgroup === undefined ? {} : { cgroup }),
    probe,
  };
}

/** The path in the one tree of version 2, or of the first controller of version 1: cgroups(7), /proc/PID/cgroup. */
function cgroupOf(pid: number): string | undefined {
  try {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
    const line = lines.find((one) => one.startsWith('0::')) ?? lines[0];
    return line?.split(':').slice(2).join(':');
  } catch {
    return undefined;
  }
}
