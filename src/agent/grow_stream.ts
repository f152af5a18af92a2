import type { Growth } from '../protocol/growth.ts';
import type { GrowOptions } from '../protocol/options.ts';
import { GrowthRows } from '../query/growth/growth_rows.ts';
import { RowFilter } from '../query/row_filter.ts';
import { EventLifter } from '../stream/lift.ts';
import { Pipeline } from '../stream/pipeline.ts';
import { SymbolCache } from '../stream/symbols.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';
import { rfc3339 } from '../stream/wall_clock.ts';
import { monotonicNs, wallOffsetNs } from '../sys/clock.ts';
import type { Audit } from './audit.ts';

/** One audit's way from ring to growths. */
export class GrowStream {
  readonly #audit: Audit;
  readonly #pipeline: Pipeline;
  readonly #rows: GrowthRows;
  readonly #wallOffset = wallOffsetNs();
  #lost = 0;

  constructor(audit: Audit, options: GrowOptions) {
    const { sites } = audit.plan;
    this.#audit = audit;
    this.#pipeline = new Pipeline({
      plan: audit.plan,
      records: { keyArea: true, keepKeys: false, keepFrames: options.frames > 0, facts: true },
      effects: false,
      identity: true,
      recorded: [],
    });
    const symbols = new SymbolCache((pid) => audit.target(pid));
    const filter = new RowFilter(options.filters, {
      symbols,
      keyText: () => undefined,
      plainKey: () => undefined,
      onVerdict: (pid, subject, address, accept) => audit.setVerdict(pid, subject, address, accept),
    });
    const lifter = new EventLifter({
      sites,
      symbols,
      wallOffset: this.#wallOffset,
      showPid: options.selection.type !== 'pid',
    });
    // The end of a migration is not given the type: what is known from its beginning says whose it is.
    const accepts = (batch: TracedBatch, row: number): boolean =>
      filter.open ||
      (batch.type[row] === 0 && this.#rows.migrations.has(batch, row)) ||
      filter.accepts(batch, row);
    this.#rows = new GrowthRows({ sites, lifter, accepts });
  }

  /** The share to which the fullest ring was found filled. */
  get fill(): number {
    return this.#audit.probe.fill;
  }

  /** Records that the ring had no room for, so far. */
  get lost(): number {
    return this.#lost;
  }

  drain(): Growth[] {
    const growths: Growth[] = [];
    const watermark = this.#audit.probe.drain((chunk) => this.#pipeline.add(chunk));
    this.#lost = this.#audit.probe.lost();
    this.#pipeline.advance(watermark, this.#lost, (batch) => growths.push(...this.#rows.take(batch)));
    growths.push(...this.#rows.flush(monotonicNs()));
    return growths;
  }

  /** How far migrations are. */
  progress(): Growth[] {
    const read = (pid: number, at: number, length: number): Uint8Array | undefined =>
      this.#audit.target(pid)?.memory.read(at, length);
    return this.#rows.migrations.progress(read, rfc3339(monotonicNs() + this.#wallOffset));
  }

  /** Takes the probes out, and everything that is still in the rings. */
  finish(): Growth[] {
    this.#audit.probe.detach();
    const growths = this.drain();
    this.#pipeline.flush(this.#lost, (batch) => growths.push(...this.#rows.take(batch)));
    return [...growths, ...this.#rows.flush()];
  }
}
