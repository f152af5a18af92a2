import type { MapOp } from '../model/map_op.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import type { RingChunk } from '../model/ring_chunk.ts';
import { BatchBuilder } from './batch_builder.ts';
import type { RecordOptions } from './decode_rows.ts';
import { EffectResolver } from './effects.ts';
import { MapIdentity } from './identity.ts';
import type { TracedBatch } from './traced_batch.ts';

/** What a stream is made of, and what is wanted from it. */
export interface PipelineOptions {
  readonly plan: Pick<ProbePlan, 'sites'>;
  readonly records: RecordOptions;
  /**
   * Find out what operations did. Rows then wait until that is known, 250 ms at most; without it they
   * pass at once, all outcomes unknown.
   */
  readonly effects: boolean;
  /** Number the lives of maps. */
  readonly identity: boolean;
  /** Operations of which each one leaves a record: probed, not sampled, not filtered by anything but the map. */
  readonly recorded: readonly MapOp[];
  readonly canonicalType?: (pid: number, type: number) => number;
  /** Nanoseconds for which a row waits. */
  readonly limit?: number;
}

/**
 * Ring chunks in, rows out: decoded, in the order of time, with outcome and map number where wanted.
 * Pure: the same chunks, watermarks and losses give the same rows, live or from a recording.
 *
 *     const watermark = probe.drain((chunk) => stream.add(chunk));
 *     stream.advance(watermark, lostSoFar, (batch) => { … });
 */
export class Pipeline {
  readonly #builder: BatchBuilder;
  readonly #effects: EffectResolver | undefined;
  readonly #identity: MapIdentity | undefined;

  constructor(options: PipelineOptions) {
    const { plan, recorded } = options;
    this.#builder = new BatchBuilder(options.records);
    if (options.effects) {
      const limit = options.limit === undefined ? {} : { limit: options.limit };
      this.#effects = new EffectResolver({ plan, ...limit });
    }
    if (options.identity) {
      const { canonicalType } = options;
      const canonical = canonicalType === undefined ? {} : { canonicalType };
      this.#identity = new MapIdentity({
        sites: plan.sites,
        recorded,
        resolved: options.effects,
        ...canonical,
      });
    }
  }

  /** Records that could not be one. */
  get malformed(): number {
    return this.#builder.malformed;
  }

  /** Exit records whose operation was not recorded. */
  get orphanExits(): number {
    return this.#effects?.orphanExits ?? 0;
  }

  /** Rows that are held: later than the watermark, or waiting for an outcome. */
  get held(): number {
    return this.#builder.waiting + (this.#effects?.waiting ?? 0);
  }

  /** Takes over the records of one ring. */
  add(chunk: RingChunk): void {
    this.#builder.add(chunk);
  }

  /**
   * Hands over what is complete. `watermark` is what `drain` returned and `lost` the number of records lost
   * so far, read after that drain. Call it also when nothing came, so that no row waits for the next one.
   * A batch is valid until `consume` returns.
   */
  advance(watermark: bigint, lost: number, consume: (batch: TracedBatch) => void): void {
    this.#push(this.#builder.take(watermark), lost, Number(watermark), consume);
  }

  /** Hands over everything that is left: nothing will come any more. */
  flush(lost: number, consume: (batch: TracedBatch) => void): void {
    this.#push(this.#builder.takeAll(), lost, 0, consume);
    this.#effects?.flush((batch) => this.#emit(batch, consume));
  }

  /** The process has ended: what is known of its maps is forgotten. */
  forgetProcess(pid: number): void {
    this.#identity?.forgetProcess(pid);
    this.#effects?.forgetProcess(pid);
  }

  #push(
    batch: ReturnType<BatchBuilder['take']>,
    lost: number,
    now: number,
    consume: (batch: TracedBatch) => void,
  ): void {
    if (this.#effects !== undefined)
      this.#effects.push(batch, lost, now, (rows) => this.#emit(rows, consume));
    else if (batch.length > 0) this.#emit(batch, consume);
  }

  #emit(batch: TracedBatch, consume: (batch: TracedBatch) => void): void {
    this.#identity?.assign(batch);
    consume(batch);
  }
}
