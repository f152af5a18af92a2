/** Go's IsPrint: letters, marks, numbers, punctuation, symbols, and the ASCII space. go1.26.8 src/strconv/quote.go. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const ESCAPES = new Map<number, string>([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
  [0x5c, '\\\\'],
  [0x22, '\\"'],
]);

/** A Go string literal, exactly as strconv.Quote writes it. */
export function quote(bytes: Uint8Array): string {
  let text = '"';
  for (let at = 0; at < bytes.length;) {
    const { rune, size } = decodeRune(bytes, at);
    text += rune === undefined ? `\\x${hexDigits(bytes[at] ?? 0, 2)}` : escapeRune(rune);
    at += size;
  }
  return `${text}"`;
}

function escapeRune(rune: number): string {
  const escape = ESCAPES.get(rune);
  if (escape !== undefined) return escape;
  const char = String.fromCodePoint(rune);
  if (PRINTABLE.test(char)) return char;
  if (rune < 0x20 || rune === 0x7f) return `\\x${hexDigits(rune, 2)}`;
  return rune < 0x10000 ? `\\u${hexDigits(rune, 4)}` : `\\U${hexDigits(rune, 8)}`;
}

const hexDigits = (n: number, width: number): string => n.toString(16).padStart(width, '0');

/** One UTF-8 character as Go's utf8.DecodeRune reads it; `rune` is undefined for a byte that is none. */
export function decodeRune(bytes: Uint8Array, at: number): { rune: number | undefined; size: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { rune: first, size: 1 };
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const invalid = { rune: undefined, size: 1 };
  if (first < 0xc2 || first > 0xf4 || at + size > bytes.length) return invalid;
  let rune = first & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return invalid;
    rune = (rune << 6) | (next & 0x3f);
  }
  const least = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
  const surrogate = rune >= 0xd800 && rune <= 0xdfff;
  return rune < least || rune > 0x10ffff || surrogate ? invalid : { rune, size };
}

/** Without the last character if that was cut in two. */
export function trimCut(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return size > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
