import type { EventBatch } from '../model/event_batch.ts';
import {
  LABEL,
  LABEL_NAME_MAX,
  LABEL_NAME_UNREADABLE,
  LABEL_THERE,
  LABEL_VALUE_MAX,
  LABEL_VALUE_UNREADABLE,
  LABELS,
  LABELS_AREA,
  LABELS_UNREADABLE,
  MAX_LABELS,
} from '../model/record.ts';

/** A text of a label as the probe fetched it. */
export interface CapturedText {
  /** Its first bytes: a view, valid as long as the batch. */
  readonly bytes: Uint8Array;
  /** True length in bytes. */
  readonly length: number;
}

export interface CapturedLabel {
  readonly name: CapturedText;
  readonly value: CapturedText;
}

/** The labels of a goroutine as the probe fetched them. */
export interface CapturedLabels {
  /** Those that could be read, in no order. */
  readonly labels: readonly CapturedLabel[];
  /** Labels of the set that are not among them. */
  readonly missing: number;
  /** Not even their number could be read. */
  readonly unreadable: boolean;
}

/** Bytes of the program's read-only image, for a text that was not in memory at the hit. */
export type ReadImage = (address: number, length: number) => Uint8Array | undefined;

/** The labels of a row; undefined when its goroutine had none, or they were not taken along. */
export function labelsOf(batch: EventBatch, row: number, readImage: ReadImage): CapturedLabels | undefined {
  const at = batch.labelsAt[row] ?? -1;
  if (at < 0) return undefined;
  const view = new DataView(batch.payload.buffer, batch.payload.byteOffset + at, LABELS_AREA);
  if (Number(view.getBigUint64(LABELS.state, true)) === LABELS_UNREADABLE)
    return { labels: [], missing: 0, unreadable: true };
  const labels: CapturedLabel[] = [];
  for (let i = 0; i < MAX_LABELS; i++) {
    const label = labelAt(view, LABELS.label + i * LABEL.size, readImage);
    if (label !== undefined) labels.push(label);
  }
  const total = Number(view.getBigUint64(LABELS.total, true));
  return { labels, missing: Math.max(0, total - labels.length), unreadable: false };
}

/** Undefined where none stands, or where one of its texts is not known. */
function labelAt(view: DataView, at: number, readImage: ReadImage): CapturedLabel | undefined {
  const state = view.getUint32(at + LABEL.state, true);
  if ((state & LABEL_THERE) === 0) return undefined;
  const text = (
    field: number,
    length: number,
    limit: number,
    unreadable: number,
  ): CapturedText | undefined => {
    const stored = Math.min(length, limit);
    const bytes =
      (state & unreadable) === 0
        ? new Uint8Array(view.buffer, view.byteOffset + at + field, stored)
        : readImage(Number(view.getBigUint64(at + field, true)), stored);
    return bytes === undefined ? undefined : { bytes, length };
  };
  const nameLength = view.getUint32(at + LABEL.nameLength, true);
  const valueLength = view.getUint32(at + LABEL.valueLength, true);
  const name = text(LABEL.name, nameLength, LABEL_NAME_MAX, LABEL_NAME_UNREADABLE);
  const value = text(LABEL.value, valueLength, LABEL_VALUE_MAX, LABEL_VALUE_UNREADABLE);
  return name === undefined || value === undefined ? undefined : { name, value };
}
