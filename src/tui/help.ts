import type { MapOp } from '../protocol/map_op.ts';
import { segment, type Line } from './line.ts';
import { OP_KEYS } from './ui_state.ts';

/** The page behind `?`. */
export function helpLines(ops: readonly MapOp[]): readonly Line[] {
  const keys = [
    ['1 2 3 4, tab', 'by site, map, map type, key prefix (keys are sampled)'],
    ['r  c  n', 'sort by rate, by count, by name'],
    ['/', 'only rows that contain a text; escape ends that'],
    [ops.map((op) => OP_KEYS[op]).join('  '), `show and hide: ${ops.join(', ')}`],
    ['space, p', 'pause and go on; counting goes on meanwhile'],
    ['up, down, page', 'scroll'],
    ['q, Ctrl-C', 'take the probes out and quit'],
  ] as const;
  return [
    [segment('mapaudit top', 'bold')],
    [],
    ...keys.map(([key, says]): Line => [segment(`  ${key.padEnd(20)}`, 'bold'), segment(says)]),
    [],
    [segment('  PER SEC is over the last interval, COUNT since the beginning. Counts are made', 'dim')],
    [segment('  in the kernel and exact; those of key prefixes (≈) are estimated from a sample.', 'dim')],
    [],
    [segment('  Any key goes back.', 'dim')],
  ];
}
