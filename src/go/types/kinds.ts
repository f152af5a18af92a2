/** reflect.Kind: go1.18–1.27 src/internal/abi/type.go. */
export const KIND = {
  bool: 1,
  int: 2,
  int8: 3,
  int16: 4,
  int32: 5,
  int64: 6,
  uint: 7,
  uint8: 8,
  uint16: 9,
  uint32: 10,
  uint64: 11,
  uintptr: 12,
  float32: 13,
  float64: 14,
  complex64: 15,
  complex128: 16,
  array: 17,
  chan: 18,
  func: 19,
  interface: 20,
  map: 21,
  pointer: 22,
  slice: 23,
  string: 24,
  struct: 25,
  unsafePointer: 26,
} as const;

export type Kind = keyof typeof KIND;

const NAMES = new Map<number, Kind>(Object.entries(KIND).map(([name, n]) => [n, name as Kind]));

export const KIND_MASK = 31;

/** The kind that a descriptor's Kind_ byte names, or undefined for a byte that is none. */
export const kindOf = (byte: number): Kind | undefined => NAMES.get(byte & KIND_MASK);
