import type { EventFrame } from '../protocol/event.ts';
import type { LenSample, MapFacts } from './facts.ts';

/** A line of the program. */
export const line = (n: number, fn = 'main.work'): EventFrame => ({
  function: fn,
  file: '/src/main.go',
  line: n,
  inlined: false,
});

/** Lengths that were read once a second. */
export const lensOf = (...lens: readonly number[]): readonly LenSample[] =>
  lens.map((len, atSeconds) => ({ atSeconds, len }));

/** Facts without one of them. */
export function without(facts: MapFacts, ...names: readonly (keyof MapFacts)[]): MapFacts {
  const all = Object.entries(facts) as [keyof MapFacts, unknown][];
  return Object.fromEntries(all.filter(([name]) => !names.includes(name))) as unknown as MapFacts;
}

/** A map of which nothing is known. */
export const bare: MapFacts = { kind: 'map', map: {} };
