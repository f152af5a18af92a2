import { readFileSync } from 'node:fs';
import { entryVisitor } from '../../src/inspect/entries.ts';
import type { MapPlace } from '../../src/inspect/scan.ts';
import { scanMap } from '../../src/inspect/scan_map.ts';
import { hex, type Addr } from '../../src/model/addr.ts';
import { pause } from '../../src/sys/pause.ts';
import { delveOfProcess } from '../../test/support/delve.ts';
import { mapaudit } from './child.ts';
import type { DecodeTarget } from './decode_target.ts';
import { sleep } from './numbers.ts';

/** How long something took, and how many entries it told. */
export interface Timed {
  readonly ms: number;
  readonly entries: number;
}

const LIMITS = { text: 256, items: 16, pointers: 2 };
/** Smaller reads are of headers and tables. */
const GROUPS = 512;

function timed(run: () => number): Timed {
  const began = performance.now();
  const entries = run();
  return { ms: performance.now() - began, entries };
}

function placeOf({ target, type }: DecodeTarget, address: Addr): MapPlace {
  const map = target.types.map(type);
  if (map === undefined) throw new Error('the program has no such map');
  return { memory: target.memory, type: map, address, pause };
}

/** All slots looked at, no key and no value written. */
export const count = (from: DecodeTarget, address: Addr): Timed =>
  timed(() => scanMap(placeOf(from, address)).totals.entries);

/** Every key and value in Go syntax. */
export function decode(from: DecodeTarget, address: Addr): Timed {
  const place = placeOf(from, address);
  const { types, memory } = from.target;
  return timed(() => {
    let told = 0;
    scanMap(
      place,
      entryVisitor(place.type, { memory, types, limits: LIMITS, pause }, () => told++),
    );
    return told;
  });
}

/** A plain copy of the memory that a decode reads, once, in the same pieces. */
export function copy(from: DecodeTarget, address: Addr): Timed & { readonly bytes: number } {
  const place = placeOf(from, address);
  const pieces = new Map<number, number>();
  const { memory } = place;
  const noting = {
    name: memory.name,
    read: (at: number, length: number) => {
      if (length >= GROUPS) pieces.set(at, length);
      return memory.read(at, length);
    },
  };
  scanMap({ ...place, memory: noting });
  let bytes = 0;
  const { ms } = timed(() => {
    for (const [at, length] of pieces) bytes += memory.read(at, length)?.length ?? 0;
    return 0;
  });
  return { ms, entries: 0, bytes };
}

/** Delve loading a map up to `most` entries; it stops the program meanwhile. */
export async function delveTime(
  from: DecodeTarget,
  name: string,
  most: number,
): Promise<Timed & { readonly pauseMs: number }> {
  await from.longestPause();
  const delve = await delveOfProcess(from.target.pid);
  const began = performance.now();
  const { children } = await delve.evaluate(`main.${name}`, most);
  const ms = performance.now() - began;
  await delve.stop();
  return { ms, entries: children.length / 2, pauseMs: await from.longestPause() };
}

/** The whole command, with all entries as JSON. */
export async function command(
  from: DecodeTarget,
  address: Addr,
): Promise<Timed & { readonly rssMb: number }> {
  const began = performance.now();
  const options = ['-p', String(from.target.pid), '--address', hex(address), '--type', 'map[int64]int64'];
  const tool = mapaudit(['inspect', ...options, '--json', '-o', '/dev/null'], { quiet: true });
  let rssMb = 0;
  const done = tool.ended.then(() => true);
  for (let ended = false; !ended;) {
    rssMb = Math.max(rssMb, peak(tool.child.pid ?? 0));
    ended = await Promise.race([sleep(50).then(() => false), done]);
  }
  return { ms: performance.now() - began, entries: 0, rssMb };
}

/** The most memory that a process had so far, in MB; 0 when it has ended. */
function peak(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
