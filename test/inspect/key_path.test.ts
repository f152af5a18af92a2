import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../src/base/errors.ts';
import type { MemHash } from '../../src/inspect/hash/mem_hash.ts';
import { measureMap } from '../../src/inspect/measure/measure_map.ts';
import type { KeyPath } from '../../src/inspect/path/key_path.ts';
import { keyPath } from '../../src/inspect/path/path_of_key.ts';
import { checkAll, hashOf, placeOf, type Runtime, RUNTIMES, startHashing } from './hashed.ts';
import type { LedgerMap, MapsProgram } from './program.ts';

const LIMITS = { text: 4096, items: 4096, pointers: 0 };
/** Keys that are looked up in each map. */
const KEYS = 8;

const start = (runtime: Runtime, aes: boolean, ...args: string[]): Promise<MapsProgram> =>
  startHashing('maps', runtime, aes, ...args);

const look = (program: MapsProgram, map: LedgerMap, key: string, hash: MemHash | undefined): KeyPath =>
  keyPath(placeOf(program, map), key, { types: program.target.types, hash, limits: LIMITS });

/** The keys of a map at even distances. */
function someKeys({ entries }: LedgerMap): string[] {
  const keys = [...entries.keys()];
  const step = Math.max(1, Math.floor(keys.length / KEYS));
  return keys.filter((_, i) => i % step === 0);
}

/** The last step is where the key is, and no slot before it had the same key. */
function checkFound(key: string, path: KeyPath): void {
  const { found, steps, end, consistent } = path;
  expect([key, end, found?.key.text, consistent]).toEqual([key, 'found', key, true]);
  expect(steps.at(-1)).toMatchObject({
    then: 'found',
    address: found?.slot.address,
    index: found?.slot.index,
  });
  const equal = steps.flatMap((step) => step.slots).filter((slot) => slot.equal === true);
  expect(equal).toMatchObject([{ slot: found?.slot.slot, control: path.control }]);
  expect(path.hashChecked).toBeGreaterThan(0);
  for (const step of steps.slice(0, -1)) expect(['next-overflow', 'next-group']).toContain(step.then);
}

function checkProgram(program: MapsProgram, least: number): void {
  const hash = hashOf(program);
  let keys = 0;
  let looked = 0;
  for (const wanted of program.maps) {
    if (wanted.address === 0 || wanted.entries.size === 0) continue;
    const all = checkAll(program, placeOf(program, wanted), hash);
    expect([wanted.name, all]).toEqual([wanted.name, { keys: wanted.entries.size, wrong: 0 }]);
    keys += all.keys;
    for (const key of someKeys(wanted)) {
      checkFound(key, look(program, wanted, key, hash));
      looked++;
    }
    // Without the hash functions the key is found by comparing all.
    const [first = ''] = wanted.entries.keys();
    if (wanted.entries.size < 1000)
      expect(look(program, wanted, first, undefined).found?.key.text).toBe(first);
  }
  expect(keys).toBeGreaterThan(least);
  expect(looked).toBeGreaterThan(500);
}

describe('keys lie where their hash says', { timeout: 600_000 }, () => {
  for (const runtime of RUNTIMES)
    it(`with AES: go${runtime.go} ${runtime.experiment ?? ''}`, async () => {
      const program = await start(runtime, true);
      try {
        expect(hashOf(program).kind).toBe('aes');
        checkProgram(program, 300_000);
      } finally {
        program.stop();
      }
    });
  for (const runtime of RUNTIMES)
    it(`without: go${runtime.go} ${runtime.experiment ?? ''}`, async () => {
      const program = await start(runtime, false, '-small');
      try {
        expect(hashOf(program).kind).toBe('fallback');
        checkProgram(program, 3000);
      } finally {
        program.stop();
      }
    });
});

describe('a key that is not there', { timeout: 600_000 }, () => {
  for (const runtime of RUNTIMES)
    it(`is known to be absent, and why: go${runtime.go} ${runtime.experiment ?? ''}`, async () => {
      const program = await start(runtime, true, '-small');
      try {
        const ends = new Set<string>();
        for (const wanted of program.maps) {
          if (wanted.address === 0 || !wanted.name.startsWith('string/int64')) continue;
          for (const key of ['"no such key"', '"nor this"', '""']) {
            const { found, end, consistent, steps } = look(program, wanted, key, hashOf(program));
            expect([found, consistent]).toEqual([undefined, true]);
            if (wanted.entries.size === 0) expect([end, steps]).toEqual(['map-is-empty', []]);
            ends.add(end);
          }
        }
        const classic = program.target.binary.flavour === 'classic';
        const known = classic
          ? ['map-is-empty', 'rest-is-empty', 'end-of-chain']
          : ['map-is-empty', 'only-group', 'empty-slot', 'end-of-table'];
        for (const end of ends) expect(known).toContain(end);
        expect(ends.size).toBeGreaterThan(2);
      } finally {
        program.stop();
      }
    });
});

describe('a map that grows', { timeout: 600_000 }, () => {
  it('has some keys in old buckets, and says for each whether that counts', async () => {
    const program = await start({ go: '1.23.12' }, true);
    const hash = hashOf(program);
    try {
      const seen = { old: 0, evacuated: 0 };
      for (const wanted of program.maps)
        for (const key of someKeys(wanted)) {
          const { start: from, steps } = look(program, wanted, key, hash);
          if (from?.kind !== 'classic' || from.old === undefined) continue;
          expect(steps[0]?.old).toBe(!from.old.evacuated);
          expect(steps[0]?.index).toBe(from.old.evacuated ? from.bucket : from.old.bucket);
          seen[from.old.evacuated ? 'evacuated' : 'old']++;
        }
      expect(Math.min(seen.old, seen.evacuated)).toBeGreaterThan(5);
    } finally {
      program.stop();
    }
  });
});

describe('the spread of keys', { timeout: 600_000 }, () => {
  for (const go of ['1.23.12', '1.26.8'])
    it(`is that of a good hash: go${go}`, async () => {
      const program = await start({ go }, true);
      try {
        const { types } = program.target;
        let compared = 0;
        for (const wanted of program.maps) {
          if (wanted.entries.size < 3000) continue;
          const place = placeOf(program, wanted);
          const { spread } = measureMap(place, types, { spread: { hash: hashOf(program) } });
          expect(spread?.keys).toBe(wanted.entries.size);
          expect(spread?.collisions.sameHash).toBe(0);
          // One map in millions would differ more by chance.
          expect([wanted.name, Math.abs(spread?.test?.z ?? NaN) < 6]).toEqual([wanted.name, true]);
          const { entropy = 0, goodEntropy = 0 } = spread ?? {};
          expect(Math.abs(entropy - goodEntropy)).toBeLessThan(0.05);
          expect(spread?.lengths.reduce((sum, n) => sum + n, 0)).toBe(wanted.entries.size);
          const { sameControl = 0, expected = 0 } = spread?.collisions ?? {};
          expect(Math.abs(sameControl - expected)).toBeLessThan(6 * Math.sqrt(expected) + 6);
          compared++;
        }
        expect(compared).toBeGreaterThan(10);
      } finally {
        program.stop();
      }
    });
});

describe('a key that cannot be read', { timeout: 600_000 }, () => {
  it('is pointed at, with what the key is', async () => {
    const program = await start({ go: '1.26.8' }, true, '-small');
    try {
      const complaint = (start: string, key: string): unknown[] => {
        const map = program.maps.find(({ name, entries }) => name.startsWith(start) && entries.size > 3);
        if (map === undefined) throw new Error(`no map ${start}`);
        try {
          look(program, map, key, undefined);
        } catch (error) {
          if (!isMapauditError(error, 'usage-key')) throw error;
          const [what, text = '', caret] = error.message.split('\n');
          expect([text, caret?.indexOf('^')]).toEqual([`    ${key}`, 4 + Number(error.fields['position'])]);
          return [what, error.fields['position'], error.hint?.replace(/.*as in Go: /, '')];
        }
        return ['no error'];
      };
      expect(complaint('string/', 'abc')).toEqual(['a string is written in quotes', 0, '"text"']);
      expect(complaint('string/', '"abc')).toEqual(['the text has no end', 4, '"text"']);
      expect(complaint('string/', '"a" 1')).toEqual(['nothing more was expected', 4, '"text"']);
      expect(complaint('int8/', '128')).toEqual(['128 is no int8', 0, '42']);
      expect(complaint('int8/', '1.5')).toEqual(['an int8 is a whole number', 0, '42']);
      const pair = 'main.pair{A: 42, B: 42, C: true}';
      expect(complaint('pair/', 'main.pair{A: 1, X: 2}')).toEqual(['main.pair has no field X', 16, pair]);
      expect(complaint('array/', '[2]uint16{1, 2, 3}')).toEqual([
        '[2]uint16 has no more elements',
        16,
        '[2]uint16{42, 42}',
      ]);
      expect(complaint('any/', 'uint64(1)')).toEqual([
        'no key of this map holds a uint64; its keys hold: int, int16, main.user, string',
        0,
        '"text"',
      ]);
    } finally {
      program.stop();
    }
  });
});
