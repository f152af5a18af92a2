import { describe, expect, it } from 'vitest';
import type { KernelCounter, SiteCount } from '../../model/probe.ts';
import { withRest } from './counters.ts';

const counter = (site: number, count: number): KernelCounter => ({
  pid: 0,
  site,
  type: 1,
  map: 2,
  caller: 3,
  count,
});
const total = (site: number, hits: number): SiteCount => ({
  site,
  hits,
  sampledOut: 0,
  ringFull: 0,
  ignored: 0,
});
const rests = (rows: readonly KernelCounter[]): number[] =>
  rows.filter((r) => r.caller === 0).map((r) => r.count);

describe('withRest', () => {
  it('adds what no counter had room for', () => {
    expect(
      rests(withRest([counter(0, 5), counter(0, 2), counter(1, 9)], [total(0, 10), total(1, 9)], new Map())),
    ).toEqual([3]);
  });

  it('never falls, and takes no hit that came between the two readings for a rest', () => {
    const least = new Map<number, number>();
    expect(rests(withRest([counter(0, 5)], [total(0, 8)], least))).toEqual([3]);
    expect(rests(withRest([counter(0, 20)], [total(0, 21)], least))).toEqual([3]);
    expect(rests(withRest([counter(0, 21)], [total(0, 25)], least))).toEqual([4]);
  });
});
