import type { EncodedEvents, TraceEvent } from '../protocol/event.ts';
import { ByteWriter } from '../stream/byte_writer.ts';
import type { EventJson } from '../stream/event_json.ts';
import type { EventLifter } from '../stream/lift.ts';
import type { TracedBatch } from '../stream/traced_batch.ts';

/** Collects events in the form in which a face wants them. */
export interface EventOutput {
  /** False when the row is not taken. */
  add(batch: TracedBatch, row: number): boolean;
  /** What was added since the last time. */
  take(): readonly (TraceEvent | EncodedEvents)[];
}

/** Events as objects. */
export class EventObjects implements EventOutput {
  readonly #lifter: EventLifter;
  readonly #accepts: ((event: TraceEvent) => boolean) | undefined;
  #events: TraceEvent[] = [];

  /** `accepts` is asked of each event before it is taken. */
  constructor(lifter: EventLifter, accepts?: (event: TraceEvent) => boolean) {
    this.#lifter = lifter;
    this.#accepts = accepts;
  }

  add(batch: TracedBatch, row: number): boolean {
    const event = this.#lifter.lift(batch, row);
    if (this.#accepts?.(event) === false) return false;
    this.#events.push(event);
    return true;
  }

  take(): readonly TraceEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/** Events as JSON lines; what is taken is valid until the next event is added. */
export class EventTexts implements EventOutput {
  readonly #json: EventJson;
  #taken = true;
  readonly #writer = new ByteWriter();

  constructor(json: EventJson) {
    this.#json = json;
  }

  add(batch: TracedBatch, row: number): boolean {
    if (this.#taken) this.#writer.clear();
    this.#taken = false;
    this.#json.write(batch, row, this.#writer);
    return true;
  }

  take(): readonly EncodedEvents[] {
    if (this.#taken) return [];
    this.#taken = true;
    return [{ type: 'encoded', json: this.#writer.written }];
  }
}
