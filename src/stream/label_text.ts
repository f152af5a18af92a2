import { createHmac } from 'node:crypto';
import type { EventBatch } from '../model/event_batch.ts';
import type { LabelsOfEvent } from '../model/map_event.ts';
import { traceContext } from '../model/trace_context.ts';
import { cutText, type KeyMode } from './key_text.ts';
import { type CapturedLabel, type CapturedText, labelsOf } from './label_capture.ts';

/** What showing labels needs. */
export interface LabelTextOptions {
  /** How much of each value is shown; names are shown as they are. */
  readonly mode: KeyMode;
  /** Random bytes of this run: without them nobody can try out which value has a hash. */
  readonly salt: Uint8Array;
  /** Bytes of the program's read-only image, for a text that was not in memory at the hit. */
  readonly readImage: (pid: number, address: number, length: number) => Uint8Array | undefined;
}

/** A label as it may be shown. */
interface ShownLabel {
  readonly name: string;
  readonly value: string;
  readonly cut: boolean;
}

/** Turns the labels of one row into what may be shown of them: the only place where that is decided. */
export class LabelTexts {
  readonly #options: LabelTextOptions;

  constructor(options: LabelTextOptions) {
    this.#options = options;
  }

  /** Undefined when the goroutine had no labels, or labels are not to be shown. */
  of(batch: EventBatch, row: number): LabelsOfEvent | undefined {
    const { mode, readImage } = this.#options;
    if (mode.type === 'none') return undefined;
    const pid = batch.pid[row] ?? 0;
    const captured = labelsOf(batch, row, (address, length) => readImage(pid, address, length));
    if (captured === undefined) return undefined;
    if (captured.unreadable) return { labels_unreadable: true };
    // Two names that differ behind what was captured would be one.
    const shown = new Map<string, ShownLabel>();
    for (const label of captured.labels) {
      const one = this.#shown(label, mode);
      shown.set(one.name, shown.get(one.name) ?? one);
    }
    const labels = [...shown.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const cut = labels.filter((label) => label.cut);
    const missing = captured.missing + captured.labels.length - labels.length;
    return {
      ...(labels.length === 0
        ? {}
        : { labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])) }),
      ...(cut.length === 0 ? {} : { labels_cut: cut.map(({ name }) => name) }),
      ...(missing === 0 ? {} : { labels_missing: missing }),
      // Half an id is another id.
      ...traceContext(labels.filter((label) => !label.cut).map(({ name, value }) => [name, value])),
    };
  }

  #shown({ name, value }: CapturedLabel, mode: KeyMode): ShownLabel {
    const bytes = mode.type === 'prefix' ? cutText(value.bytes, mode.length) : value.bytes;
    return {
      name: DECODER.decode(whole(name)),
      value: mode.type === 'hash' ? this.#hash(value) : DECODER.decode(whole({ ...value, bytes })),
      cut: name.bytes.length < name.length || bytes.length < value.length,
    };
  }

  /** 64 bits over the value; of one that was not captured to its end, also over its true length. */
  #hash({ bytes, length }: CapturedText): string {
    const hmac = createHmac('sha256', this.#options.salt);
    hmac.update('label\0').update(bytes).update(`\0${length}`);
    return `#${hmac.digest('hex').slice(0, 16)}`;
  }
}

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** A text that was cut ends between two characters. */
const whole = ({ bytes, length }: CapturedText): Uint8Array =>
  bytes.length < length && bytes.length > 3 ? cutAtCharacter(bytes) : bytes;

/** Without the beginning of a last character whose end is not there. */
function cutAtCharacter(bytes: Uint8Array): Uint8Array {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const first = bytes[start] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}
