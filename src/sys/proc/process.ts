import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { pid as toPid, type Pid } from '../../model/ids.ts';
import { containerOf } from './container.ts';
import { processStatus } from './status.ts';
import { threadsOf } from './threads.ts';

/** What /proc tells of one process. */
export interface ProcessFacts {
  readonly pid: Pid;
  /** The binary's file name. */
  readonly name: string;
  /** As the process's own mount namespace names it; absent when it may not be read. */
  readonly exe: string | undefined;
  /** The file was deleted or replaced since the process began. */
  readonly exeReplaced: boolean;
  readonly uid: number;
  /** In clock ticks since boot: together with the pid it names a process for good. */
  readonly startTime: string;
  /** Short id of its container. */
  readonly container: string | undefined;
}

const DELETED = ' (deleted)';

/** All processes, kernel threads left out. */
export function listProcesses(): readonly ProcessFacts[] {
  const found: ProcessFacts[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const facts = processFacts(toPid(Number(entry)));
    if (facts !== undefined) found.push(facts);
  }
  return found;
}

/** One process, or undefined when it is not there (any more), is a zombie or a thread of the kernel. */
export function processFacts(pid: Pid): ProcessFacts | undefined {
  const stat = statFields(pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
  const status = processStatus(pid);
  if (status === undefined) return undefined;
  const link = exeLink(pid);
  if (link === 'none') return undefined;
  const replaced = link?.endsWith(DELETED) === true;
  const exe = replaced ? link.slice(0, -DELETED.length) : link;
  return {
    pid,
    name: exe === undefined ? stat.command : basename(exe),
    exe,
    exeReplaced: replaced,
    uid: status.uid,
    startTime: stat.startTime,
    container: containerOf(readText(`/proc/${pid}/cgroup`) ?? ''),
  };
}

/**
 * `changing`: its first thread has ended and others have not. It may be about to end, or another of its threads is in
 * the middle of an exec and takes the first one's place at once: execve(2), on multithreaded programs.
 */
export type Life = 'runs' | 'changing' | 'gone';

/** What the process that began at `startTime` under this pid does now. */
export function lifeOf(pid: Pid, startTime: string): Life {
  const stat = statFields(pid);
  if (stat?.startTime !== startTime) return 'gone';
  if (stat.state !== 'Z' && stat.state !== 'X') return 'runs';
  return threadsOf(pid)?.some((tid) => tid !== pid) === true ? 'changing' : 'gone';
}

/**
 * What changes with each exec, also of the same file: where the loader put the stack. The kernel shows 0 to
 * those who may not trace the process, and cannot tell then. proc(5), /proc/PID/stat, startstack.
 */
export function execIdentity(pid: Pid): string | undefined {
  const identity = exeIdentity(pid);
  const stat = statFields(pid);
  return identity === undefined || stat === undefined ? undefined : `${identity}:${stat.startStack}`;
}

/** Device and inode of the file that the process runs. */
export function exeIdentity(pid: Pid): string | undefined {
  try {
    const { dev, ino } = statSync(`/proc/${pid}/exe`);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Fields of /proc/PID/stat: proc(5). The command may hold anything, so fields count from its last parenthesis. */
function statFields(
  pid: Pid,
): { command: string; state: string; startTime: string; startStack: string } | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  return {
    command: text.slice(text.indexOf('(') + 1, end),
    state: fields[0] ?? '',
    startTime: fields[19] ?? '',
    startStack: fields[25] ?? '',
  };
}

/** `none` for a thread of the kernel, undefined when it may not be read. */
function exeLink(pid: Pid): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
