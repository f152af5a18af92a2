import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, mapaudit } from '../agent/support.ts';
import { misfit } from '../cli/schemas.ts';
import type { InspectedMap } from '../../src/protocol/inspect.ts';
import type { KeyPathLine } from '../../src/protocol/inspect_path.ts';
import { buildGo } from '../support/go_build.ts';
import { inspected, type InspectedProgram, startInspected } from './inspected.ts';

interface Asked {
  readonly map: InspectedMap;
  readonly path: KeyPathLine;
}

describe.each(['1.21.13', '1.26.8'])(
  'inspect --key in a program of Go %s',
  { timeout: 180_000 },
  (version) => {
    const classic = version === '1.21.13';
    let program: InspectedProgram;
    const ask = (...args: string[]): Asked => {
      const { map, lines } = inspected(program, ...args);
      for (const line of lines) expect(misfit(line)).toBeUndefined();
      const path = lines.find((line): line is KeyPathLine => line.type === 'path');
      if (path === undefined) throw new Error('no path');
      return { map, path };
    };

    beforeAll(async () => {
      program = await startInspected(buildGo('inspect', version));
    });
    afterAll(() => program.stop());

    it('shows the way to a key, where --slots shows it too', () => {
      const { path, map } = ask('--expr', 'main.cache.sessions', '--key', '"sess:015"', '--spread', '--held');
      expect(path).toMatchObject({
        key: '"sess:015"',
        end: 'found',
        consistent: true,
        found: { value: { text: '&main.Session{User: "user-15", Count: 15, Next: nil}' } },
      });
      expect(path.hash).toMatch(/^0x[0-9a-f]{16}$/);
      expect(path.hash_checked).toBeGreaterThan(0);
      expect(path.steps.at(-1)).toMatchObject({ then: 'found', unit: { address: path.found?.slot.address } });
      const { entries } = inspected(program, '--expr', 'main.cache.sessions');
      expect(entries.find(({ key }) => key.text === '"sess:015"')?.slot).toEqual(path.found?.slot);
      // A Session is 32 bytes, its user's name 6 or 7 bytes in a block of 16, and so is a key.
      expect(map.held?.complete).toBe(true);
      expect(map.held?.total).toBeGreaterThan(100 * 32);
      expect(map.spread).toMatchObject({ keys: 100, over: classic ? 'buckets' : 'groups', same_hash: 0 });
      expect(map.bytes).toBe(
        Object.values(map.sizes ?? {}).reduce((sum: number, n) => sum + (typeof n === 'number' ? n : 0), 0) -
          (map.sizes?.waste ?? 0),
      );
    });

    it('says that a key is not there, and why', () => {
      const { path } = ask('--expr', 'main.cache.sessions', '--key', '"nope"');
      expect(path.found).toBeUndefined();
      expect(classic ? ['rest-is-empty', 'end-of-chain'] : ['empty-slot']).toContain(path.end);
      expect(path.steps.at(-1)?.then).toBe(path.end);
      expect(ask('--expr', 'main.empty', '--key', '"x"').path).toMatchObject({
        end: 'map-is-empty',
        steps: [],
      });
    });

    it('takes structs and what interfaces hold', () => {
      const point = 'main.Point{X: 1, Y: -2, Name: "a b"}';
      expect(ask('--expr', 'main.cache.byPoint', '--key', point).path.found?.key.text).toBe(point);
      for (const [key, value] of [
        ['"two"', '2.5'],
        ['1', '1.5'],
        ['main.ID(4)', '4.5'],
        ['true', '3.5'],
      ] as const)
        expect(ask('--expr', 'main.odd', '--key', key).path).toMatchObject({
          end: 'found',
          found: { value: { text: value } },
        });
    });

    it('points at what is wrong with a key, and says what the key is', () => {
      const fail = (...args: string[]): unknown[] => {
        const outcome = mapaudit('inspect', '-p', String(program.pid), '--json', ...args);
        const { hint, message } = JSON.parse(outcome.err) as { hint?: string; message: string };
        return [outcome.code, errorCode(outcome), message, hint];
      };
      expect(fail('--expr', 'main.cache.sessions', '--key', '"a')).toEqual([
        2,
        'usage-key',
        'the text has no end\n    "a\n      ^',
        'The map\'s key is a string, written as in Go: "text"',
      ]);
      expect(fail('--expr', 'main.cache.byPoint', '--key', 'main.Point{Z: 1}')[2]).toBe(
        'main.Point has no field Z\n    main.Point{Z: 1}\n               ^',
      );
      expect(fail('--expr', 'main.cache.sessions', '--key', '"a"', '--slots')[1]).toBe('usage-contradiction');
    });

    it('sees what a map of few entries wastes', () => {
      const { map } = inspected(program, '--expr', 'main.holes', '--limit', '1');
      expect(map.sizes?.waste).toBeGreaterThan(map.bytes / 2);
      expect(map.sizes?.fresh.make).toBeLessThan(map.bytes / 2);
    });
  },
);
