import type { GrowthEvent, Migration } from '../protocol/growth.ts';
import type { GrowOptions } from '../protocol/options.ts';
import { GrowthRows } from '../query/growth/growth_rows.ts';
import { RowFilter } from '../query/row_filter.ts';
import { KeyTexts } from '../stream/key_text.ts';
import { EventLifter } from '../stream/lift.ts';
import { Pipeline } from '../stream/pipeline.ts';
import { SymbolCache } from '../stream/symbols.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';
import { rfc3339 } from '../stream/wall_clock.ts';
import { monotonicNs, wallOffsetNs } from '../sys/clock.ts';
import type { Audit } from './audit.ts';
import { Target } from './target.ts';
import { keyFormatter } from './key_formatter.ts';

/** One audit's way from ring to growths. */
export class GrowStream {
  readonly #audit: Audit;
  readonly #pipeline: Pipeline;
  readonly #rows: GrowthRows;
  readonly #wallOffset = wallOffsetNs();
  #lost = 0;

  constructor(audit: Audit, options: GrowOptions, salt: Uint8Array, showPid: boolean) {
    const { sites } = audit.plan;
    this.#audit = audit;
    this.#pipeline = new Pipeline({
      plan: audit.plan,
      records: {
        keyArea: true,
        keepKeys: options.keys.type !== 'none',
        keepFrames: options.frames > 0,
        facts: true,
      },
      effects: false,
      identity: true,
      recorded: [],
    });
    const symbols = new SymbolCache((pid) => audit.target(pid));
    const keys = new KeyTexts({
      mode: options.keys,
      formatter: keyFormatter((pid) => audit.target(pid)?.types),
      salt,
      readImage: (pid, at, length) => audit.target(pid)?.readImage(at, length),
    });
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
      keyText: (batch, row) => keys.of(batch, row),
      showPid,
    });
    // The end of a migration is not given the type: what is known from its beginning says whose it is.
    const accepts = (batch: TracedBatch, row: number): boolean =>
      filter.open ||
      (batch.type[row] === 0 && this.#rows.migrations.has(batch, row)) ||
      filter.accepts(batch, row);
    this.#rows = new GrowthRows({ sites, lifter, minor: audit.plan.goVersion.minor, accepts });
  }

  /** The share to which the fullest ring was found filled. */
  get fill(): number {
    return this.#audit.probe.fill;
  }

  /** Records that the ring had no room for, so far. */
  get lost(): number {
    return this.#lost;
  }

  drain(): GrowthEvent[] {
    const growths: GrowthEvent[] = [];
    const watermark = this.#audit.probe.drain((chunk) => this.#pipeline.add(chunk));
    this.#lost = this.#audit.probe.lost();
    this.#pipeline.advance(watermark, this.#lost, (batch) => {
      this.#audit.planUnplanned(batch);
      growths.push(...this.#rows.take(batch));
    });
    growths.push(...this.#rows.flush(monotonicNs()));
    return growths;
  }

  /** How far migrations are. */
  progress(): Migration[] {
    const read = (pid: number, at: number, length: number): Uint8Array | undefined => {
      const program = this.#audit.target(pid);
      return program instanceof Target ? program.memory.read(at, length) : undefined;
    };
    return this.#rows.migrations.progress(read, rfc3339(monotonicNs() + this.#wallOffset));
  }

  /** Takes the probes out, and everything that is still in the rings. */
  finish(): GrowthEvent[] {
    this.#audit.probe.detach();
    const growths = this.drain();
    this.#pipeline.flush(this.#lost, (batch) => growths.push(...this.#rows.take(batch)));
    return [...growths, ...this.#rows.flush()];
  }
}
