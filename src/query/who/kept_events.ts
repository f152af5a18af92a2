import type { MapOp } from '../../model/map_op.ts';
import { parseGoLiteral } from '../../model/go_literal.ts';
import type { TraceEvent } from '../../protocol/event.ts';
import type { Filters } from '../../protocol/options.ts';
import type { OpSummary } from '../../protocol/summary.ts';
import { isMeantAsGo } from '../key/key_of_type.ts';
import { keyTypeName, type LiteralLikeness, sameLiteral } from '../key/same_literal.ts';
import { typePattern } from '../type_pattern.ts';

/** Which of the events that a run has kept are about one key. */
export class KeptEvents {
  readonly #filters: Filters;
  readonly #type: RegExp | undefined;
  readonly #key: string;
  readonly #judged = new Map<string, LiteralLikeness>();
  #unnamed = 0;
  #cut = 0;

  /** `filters.keyLiteral` is the key. */
  constructor(filters: Filters) {
    this.#filters = filters;
    this.#key = filters.keyLiteral ?? '';
    this.#type = filters.map === undefined ? undefined : typePattern(filters.map);
  }

  /** Events of maps in question whose key was hashed or not kept: it may have been this one. */
  get unnamed(): number {
    return this.#unnamed;
  }

  /** Accepted events of which only the beginning of the key was kept. */
  get cut(): number {
    return this.#cut;
  }

  accepts(event: TraceEvent): boolean {
    const { ops, keyless } = this.#filters;
    if (!ops.includes(event.op) || !this.#isMap(event)) return false;
    if (event.op === 'clear') return keyless === true;
    const { key } = event;
    if (key?.text === undefined) {
      this.#unnamed++;
      return false;
    }
    const likeness = this.#likeness(key.text, event.map.type);
    if (likeness === 'other') return false;
    if (likeness === 'cut' || key.truncated === true) this.#cut++;
    return true;
  }

  #isMap({ map }: TraceEvent): boolean {
    const { mapId, mapAddress } = this.#filters;
    if (mapId !== undefined && map.id !== mapId) return false;
    if (mapAddress !== undefined && Number(map.address ?? NaN) !== mapAddress) return false;
    return this.#type === undefined || (map.type !== undefined && this.#type.test(map.type));
  }

  #likeness(text: string, mapType: string | undefined): LiteralLikeness {
    if (text === this.#key) return 'same';
    const name = `${mapType ?? ''} ${text}`;
    let likeness = this.#judged.get(name);
    if (likeness === undefined) {
      likeness = judge(text, this.#key, mapType);
      if (this.#judged.size < MOST_JUDGED) this.#judged.set(name, likeness);
    }
    return likeness;
  }
}

/** Keys whose likeness is remembered. */
const MOST_JUDGED = 65_536;

function judge(text: string, wanted: string, mapType: string | undefined): LiteralLikeness {
  const kept = parseGoLiteral(text);
  if (kept === undefined) return 'other';
  const typed = parseGoLiteral(wanted);
  const type = keyTypeName(mapType);
  if (kept.kind === 'text' && (typed === undefined || (isString(type) && !isMeantAsGo(wanted))))
    return sameLiteral(
      kept,
      { kind: 'text', bytes: new TextEncoder().encode(wanted), cut: false },
      undefined,
    );
  return typed === undefined ? 'other' : sameLiteral(kept, typed, type);
}

/** Keys that show as texts are of string types, unless the map's keys are interfaces. */
const isString = (type: string | undefined): boolean => type === undefined || !/^interface\b/.test(type);

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
