/** A core file for tests. */
export interface CorePicture {
  readonly notes?: readonly {
    readonly owner?: string;
    readonly type: number;
    readonly content: Uint8Array;
  }[];
  readonly loads?: readonly CoreLoad[];
  /** So many program headers are claimed by way of the first section header. */
  readonly byExtension?: boolean;
}

export interface CoreLoad {
  readonly start: number | bigint;
  readonly content: string;
  /** Size in memory; by default that of the content. */
  readonly size?: number;
  readonly writable?: boolean;
}

const HEADER = 64;
const PROGRAM_HEADER = 56;

/** Little-endian 64-bit words. */
export const words = (...values: (number | bigint)[]): Uint8Array =>
  new Uint8Array(BigUint64Array.from(values, BigInt).buffer);

export const text = (value: string): Uint8Array => Uint8Array.from(value, (c) => c.charCodeAt(0));

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const padded = (bytes: Uint8Array): Uint8Array => joined(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));

/** The bytes of PT_NOTE. */
export function makeNotes(notes: NonNullable<CorePicture['notes']>): Uint8Array {
  return joined(
    ...notes.map(({ owner = 'CORE', type, content }) => {
      const name = text(`${owner}\0`);
      const head = new Uint8Array(Uint32Array.of(name.length, content.length, type).buffer);
      return joined(head, padded(name), padded(content));
    }),
  );
}

/** A core of x86-64: header, program headers, notes, segments one behind the other. */
export function makeCore({ notes = [], loads = [], byExtension = false }: CorePicture): Uint8Array {
  const noteBytes = makeNotes(notes);
  const count = loads.length + 1;
  let at = HEADER + count * PROGRAM_HEADER + (byExtension ? 64 : 0);
  const place = (size: number): number => (at += size) - size;
  const extension = HEADER + count * PROGRAM_HEADER;
  const noteAt = place(noteBytes.length);
  const contents = loads.map((load) => ({ load, bytes: text(load.content), at: place(load.content.length) }));
  const bytes = new Uint8Array(at);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 4, true);
  view.setUint16(18, 62, true);
  view.setBigUint64(32, BigInt(HEADER), true);
  view.setUint16(54, PROGRAM_HEADER, true);
  view.setUint16(56, byExtension ? 0xffff : count, true);
  if (byExtension) {
    view.setBigUint64(40, BigInt(extension), true);
    view.setUint32(extension + 44, count, true);
  }
  header(view, HEADER, { type: 4, flags: 0, at: noteAt, start: 0, held: noteBytes.length, size: 0 });
  bytes.set(noteBytes, noteAt);
  contents.forEach(({ load, bytes: content, at: where }, i) => {
    const size = load.size ?? content.length;
    const flags = load.writable === false ? 4 : 6;
    const place = HEADER + (i + 1) * PROGRAM_HEADER;
    header(view, place, { type: 1, flags, at: where, start: load.start, held: content.length, size });
    bytes.set(content, where);
  });
  return bytes;
}

function header(
  view: DataView,
  place: number,
  h: { type: number; flags: number; at: number; start: number | bigint; held: number; size: number },
): void {
  view.setUint32(place, h.type, true);
  view.setUint32(place + 4, h.flags, true);
  view.setBigUint64(place + 8, BigInt(h.at), true);
  view.setBigUint64(place + 16, BigInt(h.start), true);
  view.setBigUint64(place + 32, BigInt(h.held), true);
  view.setBigUint64(place + 40, BigInt(h.size), true);
}
