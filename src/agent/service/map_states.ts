import type { MapState, MapStates } from '../../model/feed.ts';
import type { ProcessRef } from '../../model/window.ts';
import type { ListedMap, MapsOptions } from '../../protocol/maps.ts';
import type { processSource } from '../maps_source.ts';
import { ProcessMaps } from '../process_maps.ts';
import { programOf } from '../program_of.ts';
import type { Target } from '../target.ts';

/** CPU time of mapaudit's own for each half of a look: nothing else is done meanwhile, and rings must not overflow. */
const PATIENCE_MS = 40;
/** How often at most, and the share of mapaudit's own time that looking may take. */
const EVERY_MS = 10_000;
const OWN_SHARE = 0.01;
/** Maps that are told of each process; the largest. */
const MOST = 500;

/** Looks from time to time for the maps of a process in its memory. The process does nothing for it. */
export class MapStateReader {
  readonly #target: Target;
  readonly #process: ProcessRef;
  #program: ReturnType<typeof programOf> | undefined;
  #next: number;

  constructor(target: Target, process: ProcessRef, now: number) {
    this.#target = target;
    this.#process = process;
    this.#next = now + 1000;
  }

  /** Undefined while it is not time, or where memory could not be read. */
  look(now: number): MapStates | undefined {
    if (now < this.#next) return undefined;
    const began = performance.now();
    const states = this.#read(now);
    const tookMs = performance.now() - began;
    this.#next = now + Math.max(EVERY_MS, tookMs / OWN_SHARE);
    return states;
  }

  #read(now: number): MapStates {
    this.#program ??= programOf(this.#target);
    const { pid, facts } = this.#target;
    const source: ReturnType<typeof processSource> = {
      program: this.#program,
      pid,
      told: () => ({ pid, name: facts.name }),
      ended: () => false,
      close: () => undefined,
    };
    const lines = new ProcessMaps(source, OPTIONS(pid)).lines();
    const listed = lines.filter((line) => line.type === 'found_map');
    const report = lines.find((line) => line.type === 'maps');
    const maps = listed.flatMap((map) => stateOf(map) ?? []);
    const left = Math.max(0, (report?.matching ?? maps.length) - maps.length);
    return { type: 'maps', at: now, process: this.#process, maps, left };
  }
}

const OPTIONS = (pid: number): MapsOptions => ({
  selection: { type: 'pid', pid },
  sort: 'bytes',
  minLen: 0,
  limit: MOST,
  families: false,
  held: false,
  patienceMs: PATIENCE_MS,
});

/** Undefined of one without address, type or length: nothing could be kept under its name. */
function stateOf(map: ListedMap): MapState | undefined {
  const { address, map_type: mapType, len } = map;
  if (address === undefined || mapType === undefined || len === undefined) return undefined;
  return {
    mapType,
    mapAddress: address,
    ...(map.name === undefined ? {} : { name: map.name }),
    entries: len,
    ...(map.capacity === undefined ? {} : { capacity: map.capacity }),
    ...(map.bytes === undefined ? {} : { bytes: map.bytes }),
    ...(map.waste === undefined ? {} : { wasteBytes: map.waste }),
    ...(map.tombstones === undefined ? {} : { tombstones: map.tombstones }),
  };
}
