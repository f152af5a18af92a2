import type { MapStates } from '../../model/feed.ts';
import type { ProcessRef } from '../../model/window.ts';
import type { Labels } from './family.ts';
import type { ProcessLabels } from './process_labels.ts';
import type { SeriesName } from './specs.ts';
import type { SeriesStore } from './store.ts';

const GAUGES = ['map_instances', 'map_entries', 'map_bytes', 'map_waste_bytes'] as const;

interface Sums {
  readonly labels: Labels;
  maps: number;
  entries: number;
  bytes: number | undefined;
  wasteBytes: number | undefined;
}

/** What the maps of each process looked like when they were last found, summed by type. */
export class MapGauges {
  readonly #store: SeriesStore<SeriesName>;
  readonly #labels: ProcessLabels;
  readonly #states = new Map<string, MapStates>();

  constructor(store: SeriesStore<SeriesName>, labels: ProcessLabels) {
    this.#store = store;
    this.#labels = labels;
  }

  take(states: MapStates): void {
    this.#states.set(keyOf(states.process), states);
    this.#make();
    this.#store.set('mapaudit_maps_left_out', this.#labels.of(states.process), states.left);
  }

  left(process: ProcessRef): void {
    if (this.#states.delete(keyOf(process))) this.#make();
  }

  /** All anew: what is `other` may be of several processes. */
  #make(): void {
    for (const name of GAUGES) this.#store.remove(() => true, name);
    for (const { labels, maps, entries, bytes, wasteBytes } of this.#sums()) {
      this.#store.set('map_instances', labels, maps);
      this.#store.set('map_entries', labels, entries);
      if (bytes !== undefined) this.#store.set('map_bytes', labels, bytes);
      if (wasteBytes !== undefined) this.#store.set('map_waste_bytes', labels, wasteBytes);
    }
  }

  #sums(): Iterable<Sums> {
    const all = new Map<string, Sums>();
    for (const { process, maps } of this.#states.values())
      for (const { mapType, entries, bytes, wasteBytes } of maps) {
        const labels = this.#labels.ofType(process, mapType);
        const key = Object.values(labels).join('\0');
        const sums = all.get(key) ?? {
          labels,
          maps: 0,
          entries: 0,
          bytes: undefined,
          wasteBytes: undefined,
        };
        all.set(key, sums);
        sums.maps++;
        sums.entries += entries;
        if (bytes !== undefined) sums.bytes = (sums.bytes ?? 0) + bytes;
        if (wasteBytes !== undefined) sums.wasteBytes = (sums.wasteBytes ?? 0) + wasteBytes;
      }
    return all.values();
  }
}

const keyOf = ({ pid, started }: ProcessRef): string => `${pid}-${started ?? ''}`;
