/** The hook's entries, and the Go type of what each takes as the key: go/hook/core.go.txt. */
export const SHAPES = {
  Plain: 'unsafe.Pointer',
  Word: 'uint64',
  Address: 'unsafe.Pointer',
  Text: 'string',
  Pointer: 'unsafe.Pointer',
  Grown: 'uintptr',
} as const;
