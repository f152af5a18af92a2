import { describe, expect, it } from 'vitest';
import { MARK_MET, MARK_SHARED, MARK_WATCHED, MARK_WRITING } from '../../model/record.ts';
import type { MapEvent } from '../../model/map_event.ts';
import { RaceFindings } from './findings.ts';
import type { Sighting } from './sighting.ts';

interface Seen {
  readonly op?: MapEvent['op'];
  readonly line?: number;
  readonly goid?: number;
  readonly key?: string;
  readonly map?: number;
  readonly seed?: number;
}

function sighting(why: number, watch: number, seen: Seen = {}): Sighting {
  const { op = 'assign', line = 1, goid = 1, key, map = 0xc000, seed = 7 } = seen;
  return {
    why,
    watch,
    map,
    seed,
    event: {
      type: 'event',
      time: '2026-03-01T12:00:00Z',
      op,
      function: 'runtime.mapassign',
      map: { type: 'map[string]int' },
      ...(key === undefined ? {} : { key: { text: key, truncated: false } }),
      goroutine: { id: goid },
      thread: 1,
      caller: { function: 'main.f', file: 'f.go', line, inlined: false },
    },
  };
}

const held = (watch: number, seen?: Seen): Sighting => sighting(MARK_WATCHED, watch, { goid: 1, ...seen });
const met = (watch: number, seen?: Seen): Sighting => sighting(MARK_MET, watch, { goid: 2, ...seen });

describe('races', () => {
  it('are told when both sides are known, in whatever order they come', () => {
    for (const both of [
      [held(1, { line: 1 }), met(1, { line: 2, op: 'access' })],
      [met(1, { line: 2, op: 'access' }), held(1, { line: 1 })],
    ]) {
      const findings = new RaceFindings();
      expect(findings.add(both.slice(0, 1))).toEqual([]);
      const [race] = findings.add(both.slice(1));
      expect(race).toMatchObject({ type: 'race', id: 1, kind: 'write/read', count: 1 });
      expect(race?.type === 'race' && race.sides.map((side) => side.caller?.line)).toEqual([1, 2]);
    }
  });

  it('need both sides of one watch, on one map, by two goroutines', () => {
    const findings = new RaceFindings();
    findings.add([held(1), met(2), held(3, { map: 1 }), met(3, { map: 2 }), held(4), met(4, { goid: 1 })]);
    expect([findings.races, findings.end()]).toEqual([0, []]);
  });

  it('of the same two places are one, with a count, whichever was held', () => {
    const findings = new RaceFindings();
    expect(findings.add([held(1, { line: 1 }), met(1, { line: 2 })])).toHaveLength(1);
    expect(findings.add([held(3, { line: 2, map: 5 }), met(3, { line: 1, map: 5 })])).toEqual([]);
    expect(findings.add([held(5, { line: 2 }), met(5, { line: 3 })])).toHaveLength(1);
    expect(findings.end()).toMatchObject([{ id: 1, count: 2, maps: 2 }]);
    expect(findings.end()).toEqual([]);
  });

  it('say whether the key was the same, where both have one', () => {
    const of = (a?: string, b?: string): unknown => {
      const [race] = new RaceFindings().add([
        held(1, a === undefined ? {} : { key: a }),
        met(1, b === undefined ? {} : { key: b }),
      ]);
      return race?.type === 'race' ? [race.same_key, race.key?.text] : undefined;
    };
    expect(of('"a"', '"a"')).toEqual([true, '"a"']);
    expect(of('"a"', '"b"')).toEqual([false, undefined]);
    expect(of('"a"')).toEqual([undefined, undefined]);
  });
});

describe('what is no race', () => {
  const write = (goid: number, seen: Seen = {}): Sighting => sighting(MARK_SHARED, 0, { goid, ...seen });

  it('is a map that several goroutines write to', () => {
    const findings = new RaceFindings();
    findings.add([write(1, { line: 1 }), write(2, { line: 2 }), write(1, { line: 1 })]);
    expect(findings.end()).toMatchObject([
      { type: 'shared', goroutines: 2, maps: 1, sites: [{ goroutines: 1 }, { goroutines: 1 }] },
    ]);
    expect(findings.races).toBe(0);
  });

  it('is not even that where another map took the place, or one goroutine writes alone', () => {
    const findings = new RaceFindings();
    findings.add([write(1, { seed: 1 }), write(2, { seed: 2 }), write(3, { map: 9 }), write(3, { map: 9 })]);
    expect(findings.end()).toEqual([]);
  });

  it('is left out where a race is known of the same map', () => {
    const findings = new RaceFindings();
    findings.add([write(1), write(2), held(1), met(1)]);
    expect(findings.end()).toEqual([]);
    const half = new RaceFindings();
    half.add([write(1), write(2), sighting(MARK_WRITING, 0)]);
    expect(half.end()).toEqual([]);
  });
});

it('an operation that finds the mark set is told once for each place', () => {
  const findings = new RaceFindings();
  const found = (line: number): Sighting => sighting(MARK_WRITING, 0, { line });
  expect(findings.add([found(1), found(1), found(2)])).toMatchObject([
    { type: 'writing', id: 1 },
    { type: 'writing', id: 2 },
  ]);
  expect(findings.end()).toMatchObject([{ id: 1, count: 2 }]);
});
