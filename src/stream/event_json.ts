import { jsonLine } from '../base/json_line.ts';
import type { ProbeSite } from '../model/probe_plan.ts';
import {
  FLAG_GOROUTINE_UNREADABLE,
  FLAG_KEY_UNPLANNED,
  FLAG_KEY_UNREADABLE,
  FLAG_MAP_ON_STACK,
  KEY_STRING,
} from '../model/record.ts';
import { type ByteWriter, encoded } from './byte_writer.ts';
import { countIsKnown, type EventLifter, keyOf, type LiftOptions } from './lift.ts';
import { RecentTexts } from './recent_texts.ts';
import type { Site } from './symbols.ts';
import { OUTCOME_CLEARED, OUTCOME_FOUND, OUTCOME_UNKNOWN, type TracedBatch } from './traced_batch.ts';
import { storedKeyBytes } from './waiting_rows.ts';
import { WallParts } from './wall_clock.ts';

/** What writing rows as JSON needs. */
export interface EventJsonOptions extends LiftOptions {
  readonly lifter: EventLifter;
  /** Keys of maps of this type are strings, and may be shown whole. */
  readonly showsText: (pid: number, type: number) => boolean;
}

/**
 * Writes rows as JSON lines: letter by letter what `jsonLine` makes of the lifted event, without making an
 * object or a string of it. Of most rows only the time, the key and the count are new; map, goroutine and
 * caller are bytes that were written before.
 */
export class EventJson {
  readonly #options: EventJsonOptions;
  readonly #time = new WallParts();
  readonly #operations: Uint8Array[] = [];
  readonly #maps = new RecentTexts();
  readonly #goroutines = new RecentTexts();
  readonly #callers: Uint8Array[] = [];
  #second = -1;
  #secondText: Uint8Array = NOTHING;

  constructor(options: EventJsonOptions) {
    this.#options = options;
    for (const site of options.sites) this.#operations[site.index] = operationText(site, site.index);
  }

  /** Appends one line, its end included. */
  write(batch: TracedBatch, row: number, to: ByteWriter): void {
    const pid = batch.pid[row] ?? 0;
    const probe = batch.probe[row] ?? 0;
    if (this.#options.lifter.isSync(probe)) {
      to.text(`${jsonLine(this.#options.lifter.lift(batch, row))}\n`);
      return;
    }
    this.#writeTime(batch, row, to);
    if (this.#options.showPid === true) {
      to.put(PID);
      to.number(pid);
    }
    to.put(this.#operations[probe] ?? operationText(undefined, probe));
    to.put(this.#map(batch, row, pid));
    this.#writeKey(batch, row, pid, to);
    writeCounts(batch, row, to);
    to.put(this.#goroutine(batch, row, pid));
    this.#writeLabels(batch, row, to);
    to.put(THREAD);
    to.number(batch.tid[row] ?? 0);
    this.#writeCaller(batch, row, pid, to);
    to.put(END);
  }

  #writeTime(batch: TracedBatch, row: number, to: ByteWriter): void {
    const time = this.#time;
    time.set(this.#options.wallOffset, batch.timeHigh[row] ?? 0, batch.timeLow[row] ?? 0);
    if (time.second !== this.#second) {
      this.#second = time.second;
      this.#secondText = encoded(`{"type":"event","time":"${time.secondText}.`);
    }
    to.put(this.#secondText);
    to.digits(time.nanos, 9);
    to.put(TIME_END);
  }

  #map(batch: TracedBatch, row: number, pid: number): Uint8Array {
    const id = batch.mapId[row] ?? 0;
    const type = batch.type[row] ?? 0;
    const onStack = (batch.flags[row] ?? 0) & FLAG_MAP_ON_STACK;
    const address = batch.map[row] ?? 0;
    const known = this.#maps.get(id, address, type * 2 + (onStack === 0 ? 0 : 1), pid);
    return known ?? this.#maps.keep(encoded(`,"map":${jsonLine(this.#options.lifter.map(batch, row, pid))}`));
  }

  #writeKey(batch: TracedBatch, row: number, pid: number, to: ByteWriter): void {
    const { keyText, showsText } = this.#options;
    if (isPlainText(batch, row) && showsText(pid, batch.type[row] ?? 0)) {
      const at = batch.keyAt[row] ?? 0;
      to.put(TEXT);
      to.putPart(batch.payload, at, at + storedKeyBytes(batch, row));
      to.put(TEXT_END);
      return;
    }
    const key = keyText?.(batch, row);
    if (key !== undefined) to.text(`,"key":${jsonLine(keyOf(key))}`);
  }

  #goroutine(batch: TracedBatch, row: number, pid: number): Uint8Array {
    const id = batch.goid[row] ?? 0;
    if (id === 0 || ((batch.flags[row] ?? 0) & FLAG_GOROUTINE_UNREADABLE) !== 0) return NOTHING;
    const known = this.#goroutines.get(id, batch.startPc[row] ?? 0, 0, pid);
    if (known !== undefined) return known;
    const goroutine = this.#options.lifter.goroutine(batch, row, pid);
    const text = goroutine === undefined ? NOTHING : encoded(`,"goroutine":${jsonLine(goroutine)}`);
    return this.#goroutines.keep(text);
  }

  #writeLabels(batch: TracedBatch, row: number, to: ByteWriter): void {
    if ((batch.labelsAt[row] ?? -1) < 0) return;
    const labels = this.#options.labels?.(batch, row);
    if (labels === undefined) return;
    const json = jsonLine(labels).slice(1, -1);
    if (json !== '') to.text(`,${json}`);
  }

  #writeCaller(batch: TracedBatch, row: number, pid: number, to: ByteWriter): void {
    const caller = batch.caller[row] ?? 0;
    const { symbols, lifter } = this.#options;
    const site = caller === 0 ? undefined : symbols.site(pid, caller);
    if (site !== undefined) to.put(this.#callers[site.index] ?? this.#keepCaller(site));
    if ((batch.framesAt[row] ?? -1) < 0) return;
    to.text(`,"stack":${jsonLine(lifter.stack(batch, row, pid, site?.frames ?? []))}`);
  }

  #keepCaller(site: Site): Uint8Array {
    return (this.#callers[site.index] = encoded(`,"caller":${jsonLine(site.caller)}`));
  }
}

const NOTHING = new Uint8Array(0);
const TIME_END = encoded('Z"');
const PID = encoded(',"pid":');
const TEXT = encoded(',"key":{"text":"\\"');
const TEXT_END = encoded('\\"","truncated":false}');
const LEN = encoded(',"len":');
const FOUND = encoded(',"found":true');
const MISSED = encoded(',"found":false');
const REMOVED = encoded(',"removed":');
const THREAD = encoded(',"thread":');
const END = encoded('}\n');

function operationText(site: Pick<ProbeSite, 'op' | 'function'> | undefined, probe: number): Uint8Array {
  const op = site?.op ?? 'access';
  return encoded(`,"op":"${op}","function":${jsonLine(site?.function ?? `probe ${probe}`)}`);
}

function writeCounts(batch: TracedBatch, row: number, to: ByteWriter): void {
  const len = batch.map[row] === 0 ? 0 : (batch.count[row] ?? 0);
  if (countIsKnown(batch, row)) {
    to.put(LEN);
    to.number(len);
  }
  const outcome = batch.outcome[row] ?? OUTCOME_UNKNOWN;
  if (outcome === OUTCOME_UNKNOWN) return;
  if (outcome !== OUTCOME_CLEARED) to.put(outcome === OUTCOME_FOUND ? FOUND : MISSED);
  else {
    to.put(REMOVED);
    to.number(len);
  }
}

const KEY_TROUBLE = FLAG_KEY_UNREADABLE | FLAG_KEY_UNPLANNED;

/** The key is a text of which all was captured, and that needs no escapes, neither Go's nor those of JSON. */
function isPlainText(batch: TracedBatch, row: number): boolean {
  if (batch.keyForm[row] !== KEY_STRING || batch.keyType[row] !== 0) return false;
  const at = batch.keyAt[row] ?? -1;
  const stored = storedKeyBytes(batch, row);
  const trouble = ((batch.flags[row] ?? 0) & KEY_TROUBLE) !== 0;
  if (at < 0 || trouble || stored !== batch.keySize[row]) return false;
  const { payload } = batch;
  for (let i = at; i < at + stored; i++) {
    const byte = payload[i] ?? 0;
    if (byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c) return false;
  }
  return true;
}
