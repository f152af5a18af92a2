import { ERRNO } from './errno.ts';
import type { Fd } from './fd.ts';
import { succeed, SYS, trySyscall } from './libc.ts';

/** Linux: include/uapi/linux/falloc.h. */
const KEEP_SIZE = 1;
const PUNCH_HOLE = 2;

/** Gives a part of a sparse file its pages, so that no later write can fail. False when there is no room for them. */
export function allocate(fd: Fd, offset: number, length: number): boolean {
  const result = trySyscall(SYS.fallocate, fd.number, 0, offset, length);
  if (!result.ok && (result.errno === ERRNO.ENOSPC || result.errno === ERRNO.ENOMEM)) return false;
  succeed(result, `fallocate of ${length} bytes`);
  return true;
}

/** Takes the pages of a part of a file away: it reads as zeros then. Whole pages only. */
export function punchHole(fd: Fd, offset: number, length: number): void {
  succeed(
    trySyscall(SYS.fallocate, fd.number, KEEP_SIZE | PUNCH_HOLE, offset, length),
    'fallocate of a hole',
  );
}
