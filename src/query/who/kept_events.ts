import type { MapOp } from '../../model/map_op.ts';
import { quote } from '../../go/value/quote.ts';
import type { TraceEvent } from '../../protocol/event.ts';
import type { Filters } from '../../protocol/options.ts';
import type { OpSummary } from '../../protocol/summary.ts';
import { literalPrefix } from '../glob.ts';

/** Which of the events that a run has kept are about one key. */
export class KeptEvents {
  readonly #filters: Filters;
  readonly #type: RegExp | undefined;
  /** How the key may be written in an event. */
  readonly #texts: ReadonlySet<string>;
  #unnamed = 0;

  constructor(filters: Filters) {
    const key = literalPrefix(filters.key ?? '').text;
    const quoted = quote(new TextEncoder().encode(key));
    this.#filters = filters;
    this.#type = filters.map === undefined ? undefined : new RegExp(filters.map);
    this.#texts = new Set(filters.keyIsString === true ? [quoted] : [quoted, key]);
  }

  /** Events of maps in question whose key was hashed, cut or not kept: it may have been this one. */
  get unnamed(): number {
    return this.#unnamed;
  }

  accepts(event: TraceEvent): boolean {
    const { ops, keyless } = this.#filters;
    if (!ops.includes(event.op) || !this.#isMap(event)) return false;
    if (event.op === 'clear') return keyless === true;
    const { key } = event;
    if (key?.text === undefined || (key.truncated === true && !this.#texts.has(key.text))) {
      if (key?.text === undefined || this.#mayBe(key.text)) this.#unnamed++;
      return false;
    }
    return key.truncated !== true && this.#texts.has(key.text);
  }

  #isMap({ map }: TraceEvent): boolean {
    const { mapId, mapAddress } = this.#filters;
    if (mapId !== undefined && map.id !== mapId) return false;
    if (mapAddress !== undefined && Number(map.address ?? NaN) !== mapAddress) return false;
    return this.#type === undefined || (map.type !== undefined && this.#type.test(map.type));
  }

  /** Whether what was cut off could make this text the key. */
  #mayBe(cut: string): boolean {
    const beginning = cut.replace(/"?…?$/, '');
    return [...this.#texts].some((text) => text.startsWith(beginning));
  }
}

/** Counts events for a summary, as `Tally` counts rows. */
export class EventTally {
  events = 0;
  readonly #ops = new Map<MapOp, { events: number; found: number; missed: number; removed: number }>();

  add({ op, found, removed }: TraceEvent): void {
    const of = this.#ops.get(op) ?? { events: 0, found: 0, missed: 0, removed: 0 };
    this.#ops.set(op, of);
    this.events++;
    of.events++;
    if (found === true) of.found++;
    if (found === false) of.missed++;
    of.removed += removed ?? 0;
  }

  byOp(): Partial<Record<MapOp, OpSummary>> {
    const lines = [...this.#ops].map(([op, { events, found, missed, removed }]) => {
      const known = found + missed > 0 ? { found, not_found: missed } : {};
      return [op, { events, ...known, ...(removed > 0 ? { removed } : {}) }] as const;
    });
    return Object.fromEntries(lines);
  }
}
