/** Eight bytes as a number, little-endian; exact below 2^53, as every address of user space is. */
export function wide(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 7; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
