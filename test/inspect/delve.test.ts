import { describe, expect, it } from 'vitest';
import { openCoreTarget } from '../../src/agent/core_target.ts';
import type { Program } from '../../src/inspect/place/program.ts';
import { type Build, buildGo } from '../support/go_build.ts';
import { type Delve, delveOfCore, delveOfProcess, type DelveVariable } from '../support/delve.ts';
import { coreFolder } from './cores.ts';
import { isShown, readMap } from './ledger_check.ts';
import { type LedgerMap, type MapsProgram, startMaps } from './program.ts';

/** reflect.Kind, as far as Delve tells kinds apart. */
const KIND = {
  array: 17,
  chan: 18,
  func: 19,
  interface: 20,
  map: 21,
  pointer: 22,
  slice: 23,
  string: 24,
  struct: 25,
};
/** Delve makes an object of each number in each array: of these maps it takes only small ones in reasonable time. */
const MOST_ENTRIES: Readonly<Record<string, number>> = { 'uint64/[1025]uint8': 9 };

/** Functions, channels and untyped pointers Delve writes in its own way: of these the ledger alone tells. */
const OWN_WAY = 'deep/referring';

/** What Delve cannot read: some types of values in interfaces, before Go 1.25. */
const UNREADABLE = 'unreadable to Delve';

/** A value that Delve tells, in Go syntax as mapaudit writes it. `path`: pointers that led here. */
function goText(v: DelveVariable, path: readonly number[] = []): string {
  if (v.unreadable !== '') return UNREADABLE;
  const parts = (): string[] => v.children.map((child) => goText(child, path));
  switch (v.kind) {
    case KIND.string:
      return JSON.stringify(v.value);
    case KIND.array:
      return `${v.type}{${parts().join(', ')}}`;
    case KIND.slice:
      return v.base === 0 ? 'nil' : `${v.type}{${parts().join(', ')}}`;
    case KIND.struct:
      return `${v.type}{${v.children.map((child) => `${child.name}: ${goText(child, path)}`).join(', ')}}`;
    case KIND.map:
      return `${v.type}{${entriesOf(v, path)
        .map(([key, value]) => `${key}: ${value}`)
        .join(', ')}}`;
    case KIND.interface:
      return held(v, path);
    case KIND.pointer:
      return pointed(v, path);
    case KIND.func:
    case KIND.chan:
      return v.value === '' || v.base === 0 ? 'nil' : v.value;
    default:
      return v.value;
  }
}

function held({ children: [child] }: DelveVariable, path: readonly number[]): string {
  if (child === undefined || (child.kind === 0 && child.addr === 0)) return 'nil';
  const text = goText(child, path);
  return /^u?int\d+$/.test(child.type) ? `${child.type}(${text})` : text;
}

function pointed({ children: [child], type }: DelveVariable, path: readonly number[]): string {
  if (child === undefined || child.addr === 0) return 'nil';
  // These are keys.
  if (child.kind !== KIND.struct) return `0x${child.addr.toString(16)}`;
  if (path.includes(child.addr)) return `(${type})(0x${child.addr.toString(16)})`;
  return `&${goText(child, [...path, child.addr])}`;
}

function entriesOf(map: DelveVariable, path: readonly number[] = []): [string, string][] {
  return Array.from({ length: map.children.length / 2 }, (_, i) => [
    goText(map.children[2 * i]!, path),
    goText(map.children[2 * i + 1]!, path),
  ]);
}

interface Comparison {
  entries: number;
  /** Entries of which Delve could not read a part. */
  unread: number;
}

/** Both read all maps that are wanted: keys and values are the same. */
async function compare(
  program: Pick<Program, 'memory' | 'types'>,
  delve: Delve,
  { maps }: MapsProgram,
  wanted: (map: LedgerMap) => boolean = () => true,
): Promise<Comparison> {
  const total = { entries: 0, unread: 0 };
  for (const [number, map] of maps.entries()) {
    const [kind = ''] = map.name.split(',');
    if (kind === OWN_WAY || !wanted(map) || map.entries.size > (MOST_ENTRIES[kind] ?? Infinity)) continue;
    // The program keeps its maps in the order in which it writes them down.
    const { children } = await delve.evaluate(`main.keep[${number}]`);
    const theirs = new Map(entriesOf(children[0]!));
    const ours = map.address === 0 ? [] : readMap(program, map).entries;
    const { size } = map.entries;
    expect([map.name, ours.length, theirs.size]).toEqual([map.name, size, size]);
    const unread = new Set([...theirs].flatMap(([key, value]) => (value.includes(UNREADABLE) ? key : [])));
    const readable = ours.filter(({ key }) => !unread.has(key.text));
    const differing = readable.filter(({ key, value }) => !isShown(theirs.get(key.text) ?? 'none', value));
    expect(differing).toEqual([]);
    total.entries += readable.length;
    total.unread += unread.size;
  }
  return total;
}

const RUNTIMES: [string, Build, string?][] = [
  ['1.21.13', 'pie'],
  ['1.24.13', 'default', 'noswissmap'],
  ['1.24.13', 'default'],
  ['1.26.8', 'pie'],
  ['1.27.4', 'default'],
];

describe('mapaudit and Delve read the same', { timeout: 300_000 }, () => {
  it.each(RUNTIMES)('in a core: go%s %s %s', async (go, build, experiment) => {
    const folder = coreFolder();
    const exe = buildGo('maps', go, build, experiment);
    const running = await startMaps(exe, '-small');
    try {
      const path = folder.gcore(running.target.pid);
      const core = openCoreTarget(path);
      const delve = await delveOfCore(exe, path);
      try {
        const { entries, unread } = await compare(core.program, delve, running);
        expect(entries).toBeGreaterThan(10_000);
        expect(unread).toBeLessThan(2);
      } finally {
        core.close();
        await delve.stop();
      }
    } finally {
      running.stop();
      folder.remove();
    }
  });

  it.each([['1.23.12'], ['1.26.8']])('in a process, large maps too: go%s', async (go) => {
    const running = await startMaps(buildGo('maps', go));
    try {
      const delve = await delveOfProcess(running.target.pid);
      try {
        const large = ({ name, entries }: LedgerMap): boolean =>
          /^(?:string.int64|int64.none|pair.user), filled (?:105|3329)$/.test(name) && entries.size > 0;
        const { entries, unread } = await compare(running.target, delve, running, large);
        expect([entries, unread]).toEqual([3 * (105 + 3329), 0]);
      } finally {
        await delve.stop();
      }
    } finally {
      running.stop();
    }
  });
});
