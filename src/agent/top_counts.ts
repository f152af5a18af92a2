import type { TopOptions } from '../protocol/options.ts';
import type { Counter, KeyPrefixCounter } from '../protocol/snapshot.ts';
import { CounterFilter } from '../query/counter_filter.ts';
import { prefixLabel } from '../query/prefix_label.ts';
import { opsOf } from '../query/tally.ts';
import { type CounterRow, counterRow } from '../stream/aggregate/counter_row.ts';
import { KernelCounts } from '../stream/aggregate/kernel_counts.ts';
import { type TopKey, TopKeys } from '../stream/aggregate/top_keys.ts';
import { KeyTexts } from '../stream/key_text.ts';
import { Pipeline } from '../stream/pipeline.ts';
import { SymbolCache } from '../stream/symbols.ts';
import type { Audit } from './audit.ts';
import { keyFormatter } from './key_formatter.ts';

/** Key prefixes that are shown. */
const PREFIXES = 200;

/** One audit's counters as rows for `top`, and its sampled keys. */
export class TopCounts {
  readonly #audit: Audit;
  readonly #counts = new KernelCounts();
  readonly #symbols: SymbolCache;
  readonly #filter: CounterFilter;
  readonly #ids = new Map<string, number>();
  readonly #pipeline: Pipeline;
  readonly #keys: KeyTexts;
  readonly #showPid: boolean;
  #top: TopKeys;
  #every = 0;
  /** Counts of prefixes at the last snapshot, and when that was. */
  #lastPrefixes = new Map<string, number>();
  #lastAt = 0;
  #frozen: readonly Counter[] | undefined;

  constructor(audit: Audit, options: TopOptions) {
    this.#audit = audit;
    this.#symbols = new SymbolCache((pid) => audit.target(pid));
    this.#filter = new CounterFilter(options.filters, audit.kernelKey);
    this.#showPid = options.selection.type !== 'pid';
    const records = { keyArea: true, keepKeys: true, keepFrames: false };
    this.#pipeline = new Pipeline({
      plan: audit.plan,
      records,
      effects: false,
      identity: false,
      recorded: [],
    });
    const formatter = keyFormatter((pid) => audit.target(pid)?.types);
    this.#keys = new KeyTexts({ mode: { type: 'full' }, formatter, salt: new Uint8Array(0) });
    this.#top = this.#newTop();
  }

  sampleKeys(every: number): void {
    this.#every = every;
    this.#audit.probe.setSampling(every);
    this.#top = this.#newTop();
    this.#lastPrefixes = new Map();
  }

  /** Takes the sampled events in. */
  drain(): void {
    const watermark = this.#audit.probe.drain((chunk) => this.#pipeline.add(chunk));
    this.#pipeline.advance(watermark, 0, (batch) => {
      this.#audit.planUnplanned(batch);
      this.#top.add(batch);
    });
  }

  /** Reads the kernel's counters, `seconds` after the last time. */
  read(seconds: number): void {
    this.#counts.update(this.#audit.counters(), seconds);
  }

  /** The counters as they are now, for good: the process has ended and its symbols go. */
  freeze(): void {
    this.#frozen = this.rows();
  }

  /** What was frozen has been shown with its last rates: nothing happens there any more. */
  rest(): void {
    this.#frozen = this.#frozen?.map((row) => ({ ...row, rate: 0 }));
  }

  rows(): readonly Counter[] {
    if (this.#frozen !== undefined) return this.#frozen;
    const { sites } = this.#audit.plan;
    const rows: Counter[] = [];
    for (const raw of this.#counts.rows()) {
      const row = counterRow(raw, sites, this.#symbols, 'address');
      const id = raw.map === 0 ? undefined : this.#idOf(raw.pid, raw.map, raw.type);
      if (this.#filter.accepts(row, raw.map, id)) rows.push(this.#toCounter(row, id));
    }
    return rows;
  }

  keyPrefixes(elapsedMs: number): KeyPrefixCounter[] {
    if (this.#every === 0) return [];
    const seconds = Math.max(0.001, (elapsedMs - this.#lastAt) / 1000);
    const now = new Map<string, number>();
    const ops = opsOf(this.#audit.plan.sites);
    const rows = this.#top.top(PREFIXES).keys.map((key): KeyPrefixCounter => {
      const type = this.#symbols.typeName(key.pid, key.type);
      const prefix = this.#label(key);
      const count = key.atLeast * this.#every;
      const name = `${key.pid} ${key.probe} ${key.type} ${prefix}`;
      now.set(name, count);
      return {
        ...(this.#showPid ? { pid: key.pid } : {}),
        prefix,
        op: ops[key.probe] ?? 'access',
        ...(type === undefined ? {} : { map_type: type }),
        count,
        rate: (count - (this.#lastPrefixes.get(name) ?? 0)) / seconds,
      };
    });
    this.#lastPrefixes = now;
    this.#lastAt = elapsedMs;
    return rows;
  }

  #label(key: TopKey): string {
    if (key.form !== 'word') return prefixLabel(key);
    const captured = { form: 'word' as const, bytes: key.bytes, length: 8, keyType: 0, parts: [] };
    const whole = { ...captured, unreadable: false, unreadableAt: undefined, unplanned: false };
    const formatter = keyFormatter((pid) => this.#audit.target(pid)?.types);
    return formatter.format(key.pid, key.type, whole)?.text ?? '?';
  }

  #newTop(): TopKeys {
    const showKey: NonNullable<ConstructorParameters<typeof TopKeys>[0]['showKey']> = (batch, row) =>
      this.#keys.of(batch, row)?.text;
    return new TopKeys({ by: 'prefixes', showKey });
  }

  /** Maps are numbered in the order in which they are seen; a reused address with another type is another map. */
  #idOf(pid: number, map: number, type: number): number {
    const name = `${pid} ${map} ${type}`;
    let id = this.#ids.get(name);
    if (id === undefined) this.#ids.set(name, (id = this.#ids.size + 1));
    return id;
  }

  #toCounter({ pid, map_address: _, ...row }: CounterRow, id: number | undefined): Counter {
    return { ...(this.#showPid ? { pid } : {}), ...(id === undefined ? {} : { map_id: id }), ...row };
  }
}
