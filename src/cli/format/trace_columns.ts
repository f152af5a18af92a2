import type { MapOp } from '../../model/map_op.ts';
import type { Column } from '../../protocol/text/table.ts';

/** The columns of `trace` in their order. PID only where several processes can be traced. */
export function traceColumns(ops: readonly MapOp[], withPid: boolean): readonly Column[] {
  const longestOp = Math.max(2, ...ops.map((op) => op.length));
  return [
    { title: 'TIME', min: 12, ideal: 12 },
    ...(withPid ? [{ title: 'PID', min: 7, ideal: 7, drop: 1 }] : []),
    { title: 'OP', min: longestOp, ideal: longestOp },
    { title: 'MAP', min: 16, ideal: 31, grows: true },
    { title: 'KEY', min: 12, ideal: 16, grows: true },
    { title: 'FOUND', min: 5, ideal: 5 },
    { title: 'LEN', min: 6, ideal: 6, drop: 2 },
    { title: 'GOROUTINE', min: 9, ideal: 30, grows: true, drop: 3 },
    { title: 'CALLER', min: 18, ideal: 31, grows: true },
  ];
}
