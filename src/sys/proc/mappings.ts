import { readFileSync } from 'node:fs';
import type { Pid } from '../../model/ids.ts';

/** One line of /proc/PID/maps that maps a file. */
export interface FileMapping {
  readonly start: number;
  readonly end: number;
  /** In the file, in bytes. */
  readonly fileOffset: number;
  readonly executable: boolean;
  readonly writable: boolean;
  readonly inode: number;
  readonly path: string;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ (\d+)\s*(.*)$/;

/**
 * The mappings of the file that the process runs, in the order of addresses. On an overlay the inode differs
 * from that of stat(2): then the path tells.
 */
export function exeMappings(pid: Pid, inode: number, exe: string | undefined): readonly FileMapping[] {
  const all = parseMappings(readFileSync(`/proc/${pid}/maps`, 'utf8'));
  const byInode = all.filter((mapping) => mapping.inode === inode);
  const isExe = (path: string): boolean => path === exe || path === `${exe ?? ''} (deleted)`;
  return byInode.length > 0 ? byInode : all.filter((mapping) => isExe(mapping.path));
}

export function parseMappings(text: string): FileMapping[] {
  const found: FileMapping[] = [];
  for (const line of text.split('\n')) {
    const [, start, end, rights, offset, inode, path] = LINE.exec(line) ?? [];
    if (start === undefined || end === undefined || offset === undefined || inode === '0') continue;
    found.push({
      start: parseInt(start, 16),
      end: parseInt(end, 16),
      fileOffset: parseInt(offset, 16),
      executable: rights?.includes('x') === true,
      writable: rights?.includes('w') === true,
      inode: Number(inode),
      path: path ?? '',
    });
  }
  return found;
}
