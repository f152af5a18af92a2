import { expect, test } from 'vitest';
import { addr } from '../model/addr.ts';
import { notAMap } from './scan_map.ts';
import type { MapPlace } from './scan.ts';

const place = (frozen: boolean, bytes: Uint8Array | undefined): MapPlace =>
  ({
    address: addr(0xc000),
    type: { name: 'map[int]int' },
    memory: { name: 'test', frozen, read: () => bytes },
    pause: () => false,
  }) as unknown as MapPlace;

test('memory that is not there is told from what is no map', () => {
  expect(notAMap(place(false, new Uint8Array(8))).code).toBe('not-a-map');
  expect(notAMap(place(false, undefined)).code).toBe('unreadable-memory');
  expect(notAMap(place(true, undefined)).hint).toContain('core dump does not hold it');
});
