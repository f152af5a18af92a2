import { jsonLine } from '../base/json_line.ts';
import type { Window } from '../model/window.ts';
import type { About, Index, IndexEntry } from './about.ts';
import type { SectionKind } from './format.ts';
import { encodeSection, fileHeader } from './section_writer.ts';
import { windowLine } from './window_line.ts';

/** A section is closed when it holds so many bytes. */
const FULL = 1 << 18;

const NEWLINE = 0x0a;

interface Open {
  readonly parts: Uint8Array[];
  bytes: number;
  lines: number;
  from: string | undefined;
  to: string | undefined;
}

/**
 * Makes the bytes of an evidence file, in the order in which they are to be written. Whatever was given out before a
 * sudden end can be read.
 */
export class RecordingWriter {
  readonly #open = new Map<SectionKind, Open>();
  /** Sections that are full, and not written yet. */
  readonly #full: [SectionKind, Open][] = [];
  readonly #index: IndexEntry[] = [];
  #at = 0;
  #sequence = 0;

  /** Bytes that were given out. */
  get length(): number {
    return this.#at;
  }

  /** The beginning of the file. */
  async begin(about: About): Promise<Uint8Array[]> {
    const header = fileHeader();
    this.#at += header.length;
    this.#put('about', about);
    return [header, ...(await this.flush())];
  }

  /**
   * Events as JSON lines, each with its end; the bytes are copied. Many go into several sections, so that little is
   * lost where a file ends within one.
   */
  events(json: Uint8Array): void {
    const text = Buffer.from(json.buffer, json.byteOffset, json.length);
    for (let at = 0; at < text.length;) {
      const end = text.indexOf(NEWLINE, Math.min(at + FULL, text.length) - 1) + 1 || text.length;
      this.#events(text.subarray(at, end));
      at = end;
    }
  }

  #events(text: Buffer): void {
    const open = this.#of('events');
    open.parts.push(Uint8Array.from(text));
    open.bytes += text.length;
    for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) open.lines++;
    open.from ??= timeOf(text.toString('utf8', 0, 200));
    const last = text.lastIndexOf(NEWLINE, text.length - 2) + 1;
    open.to = timeOf(text.toString('utf8', last, last + 200)) ?? open.to;
    if (open.bytes < FULL) return;
    this.#open.delete('events');
    this.#full.push(['events', open]);
  }

  window(window: Window): void {
    this.#put(
      'windows',
      windowLine(window),
      new Date(window.start).toISOString(),
      new Date(window.start + window.lengthMs).toISOString(),
    );
  }

  line(kind: 'growth' | 'races' | 'run', line: { readonly type: string; readonly time?: string }): void {
    this.#put(kind, line, line.time, line.time);
  }

  /** True when there is enough to be written. */
  get isFull(): boolean {
    if (this.#full.length > 0) return true;
    for (const { bytes } of this.#open.values()) if (bytes >= FULL) return true;
    return false;
  }

  /** Closes all open sections, in the order in which they were begun; what the file is about comes first. */
  async flush(): Promise<Uint8Array[]> {
    const sections: Uint8Array[] = [];
    const open = [...this.#full.splice(0), ...this.#open].sort(
      ([a], [b]) => Number(b === 'about') - Number(a === 'about'),
    );
    this.#open.clear();
    for (const [kind, { parts, bytes, lines, from, to }] of open) {
      const section = await encodeSection(kind, this.#sequence, joined(parts, bytes));
      this.#index.push({
        kind,
        sequence: this.#sequence++,
        at: this.#at,
        stored: section.length,
        raw: bytes,
        lines,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      });
      this.#at += section.length;
      sections.push(section);
    }
    return sections;
  }

  /** The end of the file. */
  async finish(summary: { readonly type: 'summary' }): Promise<Uint8Array[]> {
    this.#put('summary', summary);
    const before = await this.flush();
    const index: Index = { type: 'index', sections: this.#index.slice() };
    this.#put('index', index);
    return [...before, ...(await this.flush())];
  }

  #put(kind: SectionKind, line: unknown, from?: string, to?: string): void {
    const open = this.#of(kind);
    const bytes = new TextEncoder().encode(`${jsonLine(line)}\n`);
    open.parts.push(bytes);
    open.bytes += bytes.length;
    open.lines++;
    open.from ??= from;
    open.to = to ?? open.to;
  }

  #of(kind: SectionKind): Open {
    let open = this.#open.get(kind);
    if (open === undefined) {
      open = { parts: [], bytes: 0, lines: 0, from: undefined, to: undefined };
      this.#open.set(kind, open);
    }
    return open;
  }
}

/** Events begin with their type and time. */
const timeOf = (line: string): string | undefined => /^\{"type":"event","time":"([^"]+)"/.exec(line)?.[1];

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
