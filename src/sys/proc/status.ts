import { readFileSync } from 'node:fs';
import type { Pid } from '../../model/ids.ts';

/** What /proc/PID/status tells: proc(5). */
export interface ProcessStatus {
  /** Effective user. The owner of /proc/PID is another one for a process that may not be dumped. */
  readonly uid: number;
  /** Effective group. */
  readonly gid: number;
  /** Its pid in each namespace, from ours to its own; the last one is what the process itself sees. */
  readonly namespacePids: readonly number[];
  readonly threads: number;
}

/** Undefined when there is no such process. */
export function processStatus(pid: Pid): ProcessStatus | undefined {
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The process that a thread belongs to, by its Tgid; a process has its own. Undefined when there is no such thread. */
export function processOfThread(tid: number): number | undefined {
  try {
    const [, tgid] = /^Tgid:\s*(\d+)$/m.exec(readFileSync(`/proc/${tid}/status`, 'utf8')) ?? [];
    return tgid === undefined ? undefined : Number(tgid);
  } catch {
    return undefined;
  }
}

export function parseStatus(text: string): ProcessStatus | undefined {
  const numbers = (name: string): number[] =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  const [[, uid], [, gid]] = [numbers('Uid'), numbers('Gid')];
  if (uid === undefined || gid === undefined) return undefined;
  return { uid, gid, namespacePids: numbers('NSpid'), threads: numbers('Threads')[0] ?? 1 };
}
