import type { LabelsOfEvent } from '../model/map_event.ts';
import { KEY_NONE } from '../model/record.ts';
import { SYNC_MAP, SYNC_TYPE } from '../model/sync_method.ts';
import type { Filters } from '../protocol/options.ts';
import type { KeyText } from '../stream/key_text.ts';
import type { Site, SymbolCache } from '../stream/symbols.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';
import { globMatcher } from './glob.ts';
import { labelMatcher } from './label_filter.ts';
import type { Likeness } from './key/captured_equal.ts';
import { typePattern } from './type_pattern.ts';

/** What a filter needs to know of a row. */
export interface FilterContext {
  readonly symbols: SymbolCache;
  /** Indexes of the sites that are methods of sync.Map. */
  readonly sync?: ReadonlySet<number>;
  /** Whether the row's key is the one of `keyLiteral`; needed where that is given. */
  readonly likeness?: (batch: TracedBatch, row: number) => Likeness;
  /** Told of each row of which it does not show whether its key is that one. */
  readonly onDoubt?: (doubt: 'cut' | 'unknown') => void;
  /** The row's whole key, whatever of it may be shown. */
  readonly keyText: (batch: TracedBatch, row: number) => KeyText | undefined;
  /** The text itself that a string key is, as far as it was captured. */
  readonly plainKey: (batch: TracedBatch, row: number) => string | undefined;
  /** The labels of the row's goroutine, whatever of them may be shown; needed for a filter by label. */
  readonly labels?: (batch: TracedBatch, row: number) => LabelsOfEvent | undefined;
  /** Told of each row that does not match for want of its type's name. */
  readonly onUnknownType?: () => void;
  /** Told once for each type and caller, so that the kernel can decide alone from then on. */
  readonly onVerdict: (pid: number, subject: 'type' | 'caller', address: number, accept: boolean) => void;
}

/** What is asked of a row after everything else, because it costs the most. */
export type RowCondition = (batch: TracedBatch, row: number) => boolean;

/**
 * Decides whether a row is wanted: the part of the filters that the kernel cannot know by itself. Types and
 * callers are judged once; keys and map ids row by row. A type or key that is not known does not match.
 */
export class RowFilter {
  readonly #filters: Filters;
  readonly #context: FilterContext;
  readonly #type: RegExp | undefined;
  readonly #site: RegExp | undefined;
  readonly #key: ((text: string) => boolean) | undefined;
  readonly #label: ((labels: LabelsOfEvent) => boolean) | undefined;
  readonly #condition: RowCondition | undefined;
  readonly #types = new Map<string, boolean>();
  readonly #callers = new Map<string, boolean>();
  readonly #inner = new Map<string, boolean>();

  constructor(filters: Filters, context: FilterContext, condition?: RowCondition) {
    this.#condition = condition;
    this.#filters = filters;
    this.#context = context;
    this.#type = filters.map === undefined ? undefined : typePattern(filters.map);
    this.#site = filters.site === undefined ? undefined : new RegExp(filters.site);
    this.#key = filters.key === undefined ? undefined : globMatcher(filters.key);
    this.#label = filters.label === undefined ? undefined : labelMatcher(filters.label);
  }

  /** True when nothing has to be looked at. */
  get open(): boolean {
    const { mapId, mapAddress, goid } = this.#filters;
    return (
      this.#condition === undefined &&
      this.#filters.sync !== true &&
      this.#type === undefined &&
      this.#site === undefined &&
      this.#key === undefined &&
      this.#label === undefined &&
      this.#filters.keyLiteral === undefined &&
      mapId === undefined &&
      mapAddress === undefined &&
      goid === undefined
    );
  }

  accepts(batch: TracedBatch, row: number): boolean {
    const { mapId, mapAddress, goid } = this.#filters;
    const pid = batch.pid[row] ?? 0;
    if (goid !== undefined && batch.goid[row] !== goid) return false;
    if (mapId !== undefined && batch.mapId[row] !== mapId) return false;
    if (mapAddress !== undefined && batch.map[row] !== mapAddress) return false;
    const isSync = this.#context.sync?.has(batch.probe[row] ?? 0) === true;
    if (
      this.#type !== undefined &&
      !(isSync ? this.#type.test(SYNC_TYPE) : this.#acceptsType(pid, batch.type[row] ?? 0))
    )
      return false;
    if (!isSync && this.#filters.sync === true && this.#isInsideSync(pid, batch.caller[row] ?? 0))
      return false;
    if (this.#site !== undefined && !this.#acceptsCaller(pid, batch.caller[row] ?? 0)) return false;
    if (this.#key !== undefined && !this.#acceptsKey(batch, row)) return false;
    if (this.#label?.(this.#context.labels?.(batch, row) ?? {}) === false) return false;
    if (this.#filters.keyLiteral !== undefined && !this.#isKey(batch, row)) return false;
    return this.#condition === undefined || this.#condition(batch, row);
  }

  #acceptsType(pid: number, type: number): boolean {
    const name = this.#context.symbols.typeName(pid, type);
    if (name !== undefined)
      return this.#judge(this.#types, 'type', pid, type, () => this.#type?.test(name) === true);
    // No verdict goes to the kernel: each one is to be counted.
    this.#context.onUnknownType?.();
    return false;
  }

  #acceptsCaller(pid: number, caller: number): boolean {
    return this.#judge(this.#callers, 'caller', pid, caller, () => {
      const site = this.#context.symbols.site(pid, caller);
      return siteTexts(site).some((text) => this.#site?.test(text) === true);
    });
  }

  /** What a sync.Map does to the plain maps that it is made of before Go 1.24 is a part of its own operation. */
  #isInsideSync(pid: number, caller: number): boolean {
    return !this.#judge(
      this.#inner,
      'caller',
      pid,
      caller,
      () => !this.#context.symbols.site(pid, caller).caller.function.startsWith(SYNC_MAP),
    );
  }

  #judge(
    known: Map<string, boolean>,
    subject: 'type' | 'caller',
    pid: number,
    address: number,
    decide: () => boolean,
  ): boolean {
    const name = `${pid} ${address}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const accept = decide();
    known.set(name, accept);
    // Two questions are asked of a caller: only a no to either is an answer to both.
    if (!accept || subject === 'type' || this.#filters.sync !== true)
      this.#context.onVerdict(pid, subject, address, accept);
    return accept;
  }

  /** A key that is the wanted one as far as it was captured is taken; one that could not be read is only told of. */
  #isKey(batch: TracedBatch, row: number): boolean {
    if (batch.keyForm[row] === KEY_NONE) return this.#filters.keyless === true;
    const likeness = this.#context.likeness?.(batch, row) ?? 'unknown';
    if (likeness === 'cut' || likeness === 'unknown') this.#context.onDoubt?.(likeness);
    return likeness === 'same' || likeness === 'cut';
  }

  #acceptsKey(batch: TracedBatch, row: number): boolean {
    if (this.#filters.keyless === true && batch.keyForm[row] === KEY_NONE) return true;
    const { plainKey, keyText } = this.#context;
    const plain = plainKey(batch, row);
    const text = plain ?? (this.#filters.keyIsString === true ? undefined : keyText(batch, row)?.text);
    return text !== undefined && this.#key?.(text) === true;
  }
}

/** `shop.(*Cache).evict cache.go:88`, for each frame of the call, so that inlined callers are found too. */
function siteTexts(site: Site): string[] {
  return site.frames.map((f) => `${f.function} ${f.file ?? ''}:${f.line ?? ''}`);
}
