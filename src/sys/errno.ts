import { constants } from 'node:os';

const names = new Map<number, string>(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

/** Numbers that mapaudit tells apart. */
export const ERRNO = constants.errno;

/** `EPERM` for 1; `errno 524` for what libc has no name for. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`;
}
