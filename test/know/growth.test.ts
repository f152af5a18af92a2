import { describe, expect, it } from 'vitest';
import type { Growth, Growths } from '../../src/protocol/growth.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { buildGo } from '../support/go_build.ts';
import { traced } from './traced.ts';

/** Kind, entries before, size before, size after. */
type Step = readonly [kind: string, len: number, from: number, to: number];

const stepOf = ({ kind, len = -1, from = 0, to = 0, tombstones = 0 }: Growth): Step =>
  kind === 'prune' ? [kind, len, tombstones, 0] : [kind, len, from, to];

/** A migration may end and the next growth begin in one write: the order of kinds within it is not compared. */
const TRIGGERS: Readonly<Record<string, readonly string[]>> = {
  grow: ['load'],
  'same-size': ['overflow'],
  migrated: ['load', 'overflow'],
  'to-table': ['small-full'],
  table: ['load', 'tombstones'],
  split: ['load', 'tombstones'],
  prune: ['tombstones'],
};

describe.each(['1.18.10', '1.21.13', '1.23.12', '1.24.13', '1.26.8', '1.27.4'])(
  'growth, Go %s',
  (version) => {
    it('is what the program saw in its headers', async () => {
      const { ledger, lines } = await traced({
        program: buildGo('grown', version),
        args: () => ['grow', '--map', '^map\\[int\\]int$'],
      });
      const all = lines.filter((line): line is Growth => line.type === 'growth');
      const growths = all.filter((growth) => growth.kind !== 'migrating');
      const wanted = ledger.map(([kind = '', ...numbers]): Step => {
        const [len = 0, from = 0, to = 0] = numbers.map(Number);
        return [kind, len, from, to];
      });
      expect((lines.at(-1) as Summary).lost).toBe(0);
      expect(wanted.length).toBeGreaterThan(20);
      expect(growths.map(stepOf)).toEqual(wanted);
      const swiss = !['1.18.10', '1.21.13', '1.23.12'].includes(version);
      for (const growth of growths) {
        expect(growth.map.type).toBe('map[int]int');
        if (growth.kind === 'clear') continue;
        expect(TRIGGERS[growth.kind]).toContain(growth.trigger);
        if (growth.kind !== 'migrated') expect(growth.caller?.function).toBe('main.insert');
        if (swiss || growth.kind === 'migrated') expect(growth.duration_ns).toBeGreaterThan(0);
        if (growth.kind === 'table' || growth.kind === 'split')
          expect(growth.moved).toBeLessThanOrEqual(growth.from ?? 0);
      }
      const rates = lines.at(-2) as Growths;
      expect(rates.maps).toHaveLength(3);
      expect(rates.sites.map((site) => site.caller.function)).toContain('main.insert');
    });
  },
);
