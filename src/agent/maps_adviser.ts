import { advise } from '../advice/advise.ts';
import type { Closable } from '../base/dispose.ts';
import { isMapauditError } from '../base/errors.ts';
import type { FoundMap } from '../inspect/find/found_map.ts';
import { pid as toPid } from '../model/ids.ts';
import type { MapAdvice } from '../protocol/maps.ts';
import type { Notice } from '../protocol/notice.ts';
import { inShort } from '../query/advice/memory_advice.ts';
import type { AdviceOfMaps } from '../query/maps/with_advice.ts';
import { gatherFacts } from './map_facts.ts';
import { UsageStream } from './usage_stream.ts';

/** Watches how one process uses its maps while they are observed, as `mapaudit advise` does. */
export class MapsAdviser implements Closable {
  readonly pid: number;
  readonly #stream: UsageStream;
  #observedSeconds = 0;

  private constructor(pid: number, stream: UsageStream) {
    this.pid = pid;
    this.#stream = stream;
  }

  /** A process that cannot be watched so is listed without such advice: then it is said why. */
  static of(pid: number, observeMs: number): MapsAdviser | Notice {
    try {
      return new MapsAdviser(pid, new UsageStream(toPid(pid), observeMs / 1000));
    } catch (error) {
      if (!isMapauditError(error)) throw error;
      const message = `no advice from what pid ${pid} does with its maps: ${error.message}`;
      return { type: 'notice', level: 'warning', code: 'no-observed-advice', message };
    }
  }

  get fill(): number {
    return this.#stream.fill;
  }

  step(): void {
    if (this.#stream.target.ended() === undefined) this.#stream.drain();
  }

  /** Takes the probes out. */
  finish(durationMs: number): void {
    this.#observedSeconds = durationMs / 1000;
    this.#stream.finish();
  }

  /** What was learnt of the maps that were found. Valid after `finish`. */
  advice(maps: readonly FoundMap[]): AdviceOfMaps {
    const inner = new Set(maps.filter(({ part }) => part !== undefined).map(({ name }) => name));
    const named = maps.filter(({ name }) => name !== '');
    const all = advise(gatherFacts(this.#stream, this.#observedSeconds, named));
    const byMap = new Map<string, MapAdvice[]>();
    for (const one of all) {
      const { address, name } = one.map;
      // How the maps of a sync.Map are used is for the library to say.
      if (address === undefined || (name !== undefined && inner.has(name))) continue;
      byMap.set(address, [...(byMap.get(address) ?? []), inShort(one)]);
    }
    return byMap;
  }

  close(): void {
    this.#stream.close();
  }
}
