import { crc32, gunzipSync } from 'node:zlib';
import { MapauditError } from '../base/errors.ts';
import {
  FILE_HEADER,
  GZIP,
  kindOf,
  MAGIC,
  MAJOR,
  MARKER,
  SECTION_HEADER,
  SECTION_MAX,
  type SectionKind,
  STORED,
} from './format.ts';

/** A section that was read whole. */
export interface Section {
  readonly type: 'section';
  readonly kind: SectionKind;
  readonly sequence: number;
  /** Of its header, in bytes from the file's beginning. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What could not be read. Reading goes on behind it. */
export type Trouble =
  /** A section whose bytes are not those that were written. `kind` as its header says. */
  | {
      readonly type: 'damaged';
      readonly kind: string;
      readonly sequence: number;
      readonly at: number;
      readonly length: number;
    }
  /** Bytes that belong to no section that can be made out. */
  | { readonly type: 'gap'; readonly at: number; readonly length: number }
  /** Sections that should stand between two others and do not. */
  | { readonly type: 'missing'; readonly from: number; readonly to: number }
  /** A kind of a later version. */
  | { readonly type: 'unknown'; readonly kind: number; readonly sequence: number; readonly at: number }
  /** The file ends within a section, or its header. */
  | {
      readonly type: 'truncated';
      readonly at: number;
      /** Bytes of the section that are there … */
      readonly have: number;
      /** … and that there should be, where its header says. */
      readonly want?: number;
      readonly kind?: string;
    };

interface Header {
  readonly kind: number;
  readonly compression: number;
  readonly sequence: number;
  readonly stored: number;
  readonly raw: number;
  readonly crc: number;
}

/** Takes the bytes of a file as they come, and gives its sections. */
export class SectionReader {
  readonly #name: string;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Place in the file of the first of `#bytes`. */
  #at = 0;
  #begun = false;
  #next = 0;
  /** Where bytes began that make no sense. */
  #lost: number | undefined;

  /** `name` is for errors. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Bytes that were taken. */
  get length(): number {
    return this.#at + this.#bytes.length;
  }

  /** Errors: `not-evidence`, `evidence-too-new`. */
  push(chunk: Uint8Array): (Section | Trouble)[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : concat(this.#bytes, chunk);
    if (!this.#begun && !this.#begin()) return [];
    const found: (Section | Trouble)[] = [];
    while (this.#step(found));
    return found;
  }

  /** What the end of the file says. Error: `not-evidence`. */
  end(): (Section | Trouble)[] {
    if (!this.#begun) {
      if (this.#bytes.length === 0) throw notEvidence(this.#name, 'it is empty');
      return [{ type: 'truncated', at: 0, have: this.#bytes.length, want: FILE_HEADER }];
    }
    const found: (Section | Trouble)[] = [];
    const rest = this.#bytes.length;
    if (this.#lost !== undefined || (rest > 0 && !startsWith(this.#bytes, MARKER.subarray(0, rest)))) {
      const at = this.#lost ?? this.#at;
      found.push({ type: 'gap', at, length: this.length - at });
    } else if (rest > 0) {
      const header = headerOf(this.#bytes);
      found.push({
        type: 'truncated',
        at: this.#at,
        have: rest,
        ...(header === undefined ? {} : { want: SECTION_HEADER + header.stored, kind: nameOf(header.kind) }),
      });
    }
    return found;
  }

  /** False while the file's header is not there whole. */
  #begin(): boolean {
    const bytes = this.#bytes;
    if (!startsWith(bytes, MAGIC.subarray(0, bytes.length))) throw notEvidence(this.#name, undefined);
    if (bytes.length < FILE_HEADER) return false;
    const view = viewOf(bytes);
    if (view.getUint32(12, true) !== crc32(bytes.subarray(0, 12)))
      throw notEvidence(this.#name, 'its first bytes are damaged');
    const [major, minor] = [view.getUint16(8, true), view.getUint16(10, true)];
    if (major !== MAJOR) throw tooNew(this.#name, `${major}.${minor}`);
    this.#begun = true;
    this.#drop(FILE_HEADER);
    return true;
  }

  /** Takes one section off the front; false when more bytes are needed. */
  #step(found: (Section | Trouble)[]): boolean {
    if (this.#bytes.length < SECTION_HEADER) return false;
    const header = headerOf(this.#bytes);
    if (header === undefined) return this.#seek();
    const whole = SECTION_HEADER + header.stored;
    if (this.#bytes.length < whole) return this.#lost !== undefined && this.#isBeyondDoubt(found);
    this.#sayLost(found);
    const at = this.#at;
    const stored = this.#bytes.subarray(SECTION_HEADER, whole);
    if (header.sequence > this.#next)
      found.push({ type: 'missing', from: this.#next, to: header.sequence - 1 });
    this.#next = header.sequence + 1;
    found.push(sectionOf(header, stored, at));
    this.#drop(whole);
    return true;
  }

  /** A header with the right CRC after damage ends the damage, also where its section is not whole yet. */
  #isBeyondDoubt(found: (Section | Trouble)[]): boolean {
    this.#sayLost(found);
    return false;
  }

  #sayLost(found: (Section | Trouble)[]): void {
    if (this.#lost === undefined) return;
    found.push({ type: 'gap', at: this.#lost, length: this.#at - this.#lost });
    this.#lost = undefined;
  }

  /** Looks for the next marker. */
  #seek(): boolean {
    this.#lost ??= this.#at;
    const next = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length).indexOf(
      MARKER,
      1,
    );
    this.#drop(next < 0 ? this.#bytes.length - MARKER.length + 1 : next);
    return next >= 0;
  }

  #drop(count: number): void {
    this.#bytes = this.#bytes.subarray(count);
    this.#at += count;
  }
}

function sectionOf(header: Header, stored: Uint8Array, at: number): Section | Trouble {
  const { sequence } = header;
  const kind = kindOf(header.kind);
  if (kind === undefined) return { type: 'unknown', kind: header.kind, sequence, at };
  const bytes = crc32(stored) === header.crc ? unpacked(header, stored) : undefined;
  if (bytes !== undefined) return { type: 'section', kind, sequence, at, bytes };
  return { type: 'damaged', kind, sequence, at, length: SECTION_HEADER + stored.length };
}

/** Undefined for what does not unpack to the length that it should have. */
function unpacked({ compression, raw }: Header, stored: Uint8Array): Uint8Array | undefined {
  try {
    const bytes =
      compression === GZIP
        ? gunzipSync(stored, { maxOutputLength: Math.max(raw, 1) })
        : compression === STORED
          ? stored
          : undefined;
    return bytes?.length === raw ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for what is no header of a section. */
function headerOf(bytes: Uint8Array): Header | undefined {
  if (bytes.length < SECTION_HEADER || !startsWith(bytes, MARKER)) return undefined;
  const view = viewOf(bytes);
  if (view.getUint32(24, true) !== crc32(bytes.subarray(0, 24))) return undefined;
  const [stored, raw] = [view.getUint32(12, true), view.getUint32(16, true)];
  if (stored > SECTION_MAX || raw > SECTION_MAX) return undefined;
  return {
    kind: view.getUint8(4),
    compression: view.getUint8(5),
    sequence: view.getUint32(8, true),
    stored,
    raw,
    crc: view.getUint32(20, true),
  };
}

const nameOf = (kind: number): string => kindOf(kind) ?? `kind ${kind}`;
const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const startsWith = (bytes: Uint8Array, beginning: Uint8Array): boolean =>
  beginning.every((byte, i) => bytes[i] === byte);

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function notEvidence(name: string, why: string | undefined): MapauditError {
  const message = `${name} is no evidence file${why === undefined ? '' : `: ${why}`}`;
  return new MapauditError('not-evidence', message, {
    hint: 'mapaudit record -p PID -o incident.mapaudit makes one. JSON lines of trace are read by mapaudit who --from.',
    fields: { file: name },
  });
}

function tooNew(name: string, version: string): MapauditError {
  return new MapauditError('evidence-too-new', `${name} has version ${version} of the evidence format`, {
    hint: `This mapaudit reads version ${MAJOR}: use a newer one.`,
    fields: { file: name, version },
  });
}
