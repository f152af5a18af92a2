import { buildIdOf } from '../../binary/elf/notes.ts';
import type { ProcessRef, SiteRef, WindowCount } from '../../model/window.ts';
import type { Filters } from '../../protocol/options.ts';
import { CounterFilter } from '../../query/counter_filter.ts';
import { totalsOf } from '../../query/tally.ts';
import { counterRow, type CounterRow, type RawCounter } from '../../stream/aggregate/counter_row.ts';
import { KernelCounts } from '../../stream/aggregate/kernel_counts.ts';
import { SymbolCache } from '../../stream/symbols.ts';
import type { Audit } from '../audit.ts';
import { Target } from '../target.ts';

/** A counter's name in windows; undefined where the filters leave it out. */
type Named = Omit<WindowCount, 'count'> | undefined;

/** What one audit's probe has counted, from one look to the next. */
export class AuditCounts {
  readonly #audit: Audit;
  readonly #counts = new KernelCounts();
  readonly #symbols: SymbolCache;
  readonly #filter: CounterFilter;
  readonly #named: Named[] = [];
  readonly #processes = new Map<number, ProcessRef>();
  #last: number[] = [];
  #ringFull = 0;
  #sampled = 0;
  /** Hits at the last looks: counters are gone through when something can have changed in them. */
  #hits = -1;
  #isQuiet = false;

  /** Error: `key-filter-needs-events`, where the probe cannot count what the filters mean. */
  constructor(audit: Audit, filters: Filters) {
    this.#audit = audit;
    this.#filter = new CounterFilter(filters, audit.kernelKey);
    this.#symbols = new SymbolCache((pid) => audit.target(pid));
  }

  /** What was counted since the last time. */
  take(): WindowCount[] {
    if (this.#nothingHappened()) return [];
    this.#counts.update(this.#audit.counters(), 1);
    const fresh: WindowCount[] = [];
    for (const [slot, raw] of this.#counts.rows().entries()) {
      const count = raw.count - (this.#last[slot] ?? 0);
      this.#last[slot] = raw.count;
      if (count <= 0) continue;
      if (!(slot in this.#named)) this.#named[slot] = this.#nameOf(raw);
      const named = this.#named[slot];
      if (named !== undefined) fresh.push({ ...named, count });
    }
    return fresh;
  }

  /** Events that were left out since the last time. */
  takeLoss(): { readonly ringFull: number; readonly sampled: number } {
    const { ringFull, sampledOut } = totalsOf(this.#audit.siteCounts());
    const loss = { ringFull: ringFull - this.#ringFull, sampled: sampledOut - this.#sampled };
    [this.#ringFull, this.#sampled] = [ringFull, sampledOut];
    return loss;
  }

  /** A hit is counted by its site a moment before its counter has it: counters are read once more after the last. */
  #nothingHappened(): boolean {
    const hits = this.#audit.siteCounts().reduce((sum, site) => sum + site.hits, 0);
    const wasQuiet = this.#isQuiet;
    this.#isQuiet = hits === this.#hits;
    this.#hits = hits;
    return this.#isQuiet && wasQuiet;
  }

  #nameOf(raw: RawCounter): Named {
    const row = counterRow(raw, this.#audit.plan.sites, this.#symbols, 'address');
    if (!this.#filter.accepts(row, raw.map, undefined)) return undefined;
    const site = siteOf(row);
    return {
      process: this.#processOf(raw.pid),
      op: row.op,
      ...(row.map_type === undefined ? {} : { mapType: row.map_type }),
      ...(row.map_address === undefined ? {} : { mapAddress: row.map_address }),
      ...(site === undefined ? {} : { site }),
      found: 0,
      notFound: 0,
      removed: 0,
    };
  }

  #processOf(pid: number): ProcessRef {
    let process = this.#processes.get(pid);
    if (process === undefined) this.#processes.set(pid, (process = processRef(this.#audit, pid)));
    return process;
  }
}

/** A process as windows know it; what has gone before it was met is known by its pid alone. */
export function processRef(audit: Audit, pid: number): ProcessRef {
  const program = audit.target(pid);
  const buildId = program === undefined ? undefined : buildIdOf(program.binary.elf);
  const target = program instanceof Target ? program : undefined;
  return {
    pid,
    ...(target === undefined ? {} : { started: target.began }),
    name: target?.facts.name ?? audit.attached.name,
    ...(buildId === undefined ? {} : { buildId }),
  };
}

function siteOf({ caller, file, line }: CounterRow): SiteRef | undefined {
  if (caller === undefined) return undefined;
  return {
    function: caller,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}
