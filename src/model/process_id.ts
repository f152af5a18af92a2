import type { ProcessRef } from './window.ts';

/**
 * `PID-STARTED`: what addresses and filters call a process; another one after an exec. Without the time where that is not
 * known.
 */
export const processId = ({ pid, started }: Pick<ProcessRef, 'pid' | 'started'>): string =>
  started === undefined ? String(pid) : `${pid}-${started}`;
