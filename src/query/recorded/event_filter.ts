import { plainKey } from '../../model/plain_key.ts';
import type { EventFrame, TraceEvent } from '../../protocol/event.ts';
import type { Filters } from '../../protocol/options.ts';
import { globMatcher } from '../glob.ts';
import { labelMatcher } from '../label_filter.ts';
import { KeptEvents } from '../who/kept_events.ts';
import { typePattern } from '../type_pattern.ts';

/** Decides which recorded events are wanted, as `RowFilter` and the kernel do while a program runs. */
export class EventFilter {
  readonly #filters: Filters;
  readonly #type: RegExp | undefined;
  readonly #site: RegExp | undefined;
  readonly #key: ((text: string) => boolean) | undefined;
  readonly #label: ((event: TraceEvent) => boolean) | undefined;
  readonly #kept: KeptEvents | undefined;

  constructor(filters: Filters) {
    this.#filters = filters;
    this.#type = filters.map === undefined ? undefined : typePattern(filters.map);
    this.#site = filters.site === undefined ? undefined : new RegExp(filters.site);
    this.#key = filters.key === undefined ? undefined : globMatcher(filters.key);
    this.#label = filters.label === undefined ? undefined : labelMatcher(filters.label);
    this.#kept = filters.keyLiteral === undefined ? undefined : new KeptEvents(filters);
  }

  /** True when all events of the wanted operations pass. */
  get open(): boolean {
    const { mapId, mapAddress, goid } = this.#filters;
    const rest = [this.#type, this.#site, this.#key, this.#label, this.#kept, mapId, mapAddress, goid];
    return rest.every((part) => part === undefined);
  }

  /** Events of maps in question whose key was hashed or not recorded: it may have been the wanted one. */
  get unnamed(): number {
    return this.#kept?.unnamed ?? 0;
  }

  /** Accepted events of which only the beginning of the key was recorded. */
  get cut(): number {
    return this.#kept?.cut ?? 0;
  }

  accepts(event: TraceEvent): boolean {
    const { ops, goid, keyless } = this.#filters;
    if (!ops.includes(event.op)) return false;
    if (goid !== undefined && event.goroutine?.id !== goid) return false;
    if (this.#label?.(event) === false) return false;
    if (!this.acceptsMap(event) || !this.#isSite(event)) return false;
    if (this.#key === undefined && this.#kept === undefined) return true;
    if (event.key === undefined && KEYLESS.includes(event.op)) return keyless === true;
    if (this.#kept !== undefined) return this.#kept.accepts(event);
    const text = event.key?.text;
    return text !== undefined && this.#key?.(plainKey(text)) === true;
  }

  /** The part of the filters that is about the map. */
  acceptsMap({ map }: Pick<TraceEvent, 'map'>): boolean {
    const { mapId, mapAddress } = this.#filters;
    if (mapId !== undefined && map.id !== mapId) return false;
    if (mapAddress !== undefined && Number(map.address ?? NaN) !== mapAddress) return false;
    return this.#type === undefined || (map.type !== undefined && this.#type.test(map.type));
  }

  #isSite({ caller, stack }: TraceEvent): boolean {
    const site = this.#site;
    if (site === undefined) return true;
    const frames = stack === undefined ? [caller] : callerFrames(stack);
    return frames.some((frame) => frame !== undefined && site.test(siteText(frame)));
  }
}

const KEYLESS: readonly string[] = ['clear', 'grow', 'iterate'];

/** `shop.(*Cache).evict cache.go:88` */
const siteText = ({ function: name, file, line }: EventFrame): string =>
  `${name} ${file ?? ''}:${line ?? ''}`;

/** Frames of the call itself: those that were inlined into the first one that was not, and that one. */
function callerFrames(stack: readonly EventFrame[]): readonly EventFrame[] {
  return stack.slice(0, stack.findIndex((frame) => !frame.inlined) + 1);
}

export { plainKey };
