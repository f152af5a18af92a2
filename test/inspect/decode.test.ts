import { describe, expect, it } from 'vitest';
import { buildGo } from '../support/go_build.ts';
import { differences, readMap } from './ledger_check.ts';
import { startMaps } from './program.ts';

/** Every way in which maps have lain in memory since Go 1.18. */
const RUNTIMES = [
  { go: '1.18.10', flavour: 'classic' },
  { go: '1.21.13', flavour: 'classic' },
  { go: '1.23.12', flavour: 'classic' },
  { go: '1.24.13', flavour: 'swiss' },
  { go: '1.24.13', flavour: 'classic', experiment: 'noswissmap' },
  { go: '1.26.8', flavour: 'swiss' },
  { go: '1.27.4', flavour: 'swiss' },
  { go: '1.27.4', flavour: 'swiss-split', experiment: 'mapsplitgroup' },
];

describe('decoding agrees with what the program says of its maps', { timeout: 300_000 }, () => {
  for (const { go, flavour, experiment } of RUNTIMES)
    it(`go${go} ${experiment ?? ''}`, async () => {
      const program = await startMaps(buildGo('maps', go, 'default', experiment));
      try {
        expect(program.target.binary.flavour).toBe(flavour);
        let slots = 0;
        for (const map of program.maps) {
          if (map.address === 0) continue;
          const result = readMap(program.target, map);
          const { entries, empty, tombstones } = result.scan.totals;
          slots += entries + empty + tombstones;
          expect(differences(result, map)).toEqual([]);
        }
        expect(slots).toBeGreaterThan(1_000_000);
      } finally {
        program.stop();
      }
    });
});

describe('decoding while the map is written to', { timeout: 300_000 }, () => {
  for (const go of ['1.23.12', '1.26.8'])
    it(`tells no torn value, and everything that was there all the time: go${go}`, async () => {
      const program = await startMaps(buildGo('maps', go), '-small', '-writers', '1');
      try {
        let seen = 0;
        let changing = 0;
        const torn = new Set<string>();
        let stable = 0;
        const last = performance.now() + 60_000;
        const enough = (): boolean => changing > 4 && stable > 3;
        // A busy machine may keep the writers from their work for some rounds.
        for (let round = 0; round < 10 || (!enough() && performance.now() < last); round++)
          for (const live of program.live) {
            const { entries, scan } = readMap(program.target, live);
            const numbers = new Map(entries.map((entry) => [Number(entry.key.text), entry.value.text]));
            const lost = Array.from({ length: live.fixed }, (_, key) => key).filter(
              (key) => numbers.get(key) !== checked(key),
            );
            // A unit that is written to at every look is said to be unknown, never left out silently.
            if (scan.totals.unstable === 0) {
              stable++;
              expect(lost).toEqual([]);
            }
            expect(numbers.size).toBe(entries.length);
            for (const { key, value } of entries)
              if (!isWhole(value.text)) torn.add(`${key.text}: ${value.text}`);
            seen += entries.length;
            if (!scan.consistent) changing++;
          }
        // The runtime's own writes are never seen half done. The element is stored by the program itself, after
        // the runtime's function: a thread that is put off its CPU within that store shows half of it, in each round
        // until it goes on.
        expect(torn.size).toBeLessThanOrEqual(1 + seen / 100_000);
        // The maps did change: otherwise this proves nothing.
        expect(changing).toBeGreaterThan(4);
        expect(stable).toBeGreaterThan(3);
        expect(seen).toBeGreaterThan(10 * 500);
      } finally {
        program.stop();
      }
    });
});

const checked = (n: number): string => `main.checked{A: ${n}, B: ${n}, C: ${n}, D: ${n}}`;

/** All four numbers are the same; an insert's element is zero until the program has stored it. */
function isWhole(text: string): boolean {
  const numbers = [...text.matchAll(/-?\d+/g)].map(([n]) => n);
  return numbers.length === 4 && new Set(numbers).size === 1;
}
