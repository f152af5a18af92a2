import { describe, expect, it } from 'vitest';
import { entryVisitor } from '../../src/inspect/entries.ts';
import { keyPath } from '../../src/inspect/path/path_of_key.ts';
import { scanMap } from '../../src/inspect/scan_map.ts';
import { checkAll, hashOf, placeOf, RUNTIMES, startHashing } from './hashed.ts';
import type { LedgerMap, MapsProgram } from './program.ts';

const LIMITS = { text: 4096, items: 4096, pointers: 0 };
/** Keys of each map that are looked up again under the text that is shown of them. */
const EVERY = 13;

/** The keys of a map as they are shown, with the address of their bucket or group, and their slot in it. */
function shownKeys(program: MapsProgram, map: LedgerMap): (readonly [string, number, number])[] {
  const { memory, types } = program.target;
  const place = placeOf(program, map);
  const keys: (readonly [string, number, number])[] = [];
  const options = { memory, types, limits: LIMITS, pause: place.pause };
  scanMap(
    place,
    entryVisitor(place.type, options, ({ key, slot }) => keys.push([key.text, slot.address, slot.slot])),
  );
  return keys;
}

describe('each branch of the hash functions', { timeout: 600_000 }, () => {
  for (const runtime of RUNTIMES)
    for (const aes of [true, false])
      it(`of go${runtime.go} ${runtime.experiment ?? ''} ${aes ? 'with AES' : 'without'}`, async () => {
        const program = await startHashing('hashes', runtime, aes);
        try {
          const hash = hashOf(program);
          expect(hash.kind).toBe(aes ? 'aes' : 'fallback');
          let keys = 0;
          let looked = 0;
          for (const map of program.maps) {
            const all = checkAll(program, placeOf(program, map), hash);
            expect([map.name, all]).toEqual([map.name, { keys: map.entries.size, wrong: 0 }]);
            keys += all.keys;
            const options = { types: program.target.types, hash, limits: LIMITS };
            for (const [text, address, slot] of shownKeys(program, map).filter((_, i) => i % EVERY === 0)) {
              const { end, found, hashChecked } = keyPath(placeOf(program, map), text, options);
              const at = [found?.slot.address, found?.slot.slot];
              expect([map.name, text, end, ...at]).toEqual([map.name, text, 'found', address, slot]);
              expect(hashChecked).toBeGreaterThan(0);
              looked++;
            }
          }
          expect(keys).toBeGreaterThan(9000);
          expect(looked).toBeGreaterThan(700);
        } finally {
          program.stop();
        }
      });
});
