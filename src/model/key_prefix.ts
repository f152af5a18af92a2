/**
 * The length in bytes of a key's prefix: what keys of one kind have in common.
 *
 * Up to the end of the first run of separators `: / . - _ | #` (`sess:` of `sess:91af`, `a::` of `a::b`);
 * else, when the key begins with letters and has a digit, up to the first digit (`user` of `user42`); else
 * 0: the key stands for itself. A separator at the very beginning belongs to what follows (`/api/` of
 * `/api/v1`).
 */
export function prefixLength(bytes: Uint8Array, start: number, length: number): number {
  const end = start + length;
  let at = start;
  while (at < end && isSeparator(bytes[at] ?? 0)) at++;
  const first = at;
  let digit = -1;
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (isSeparator(byte)) break;
    if (digit < 0 && isDigit(byte)) digit = at;
  }
  if (at === end) return digit > first ? digit - start : 0;
  while (at < end && isSeparator(bytes[at] ?? 0)) at++;
  return at - start;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** One of `: / . - _ | #`. */
function isSeparator(byte: number): boolean {
  return byte === 0x3a || (byte >= 0x2d && byte <= 0x2f) || byte === 0x5f || byte === 0x7c || byte === 0x23;
}
