/** A call that a profile shows as hot. */
export interface HotCall {
  readonly caller: string;
  readonly callee: string;
}

/** Lines from the caller's first one on which the call may stand; it differs between releases. */
const LINES = 80;
/** Nanoseconds of each of them. */
const WEIGHT = 1_000_000_000;

/**
 * A CPU profile for `go build -pgo`, in which these calls take all the time: the compiler then inlines them where
 * it can. The format is pprof's, github.com/google/pprof/proto/profile.proto; only what Go reads is there
 * (go1.26.8 src/cmd/internal/pgo/pprof.go).
 */
export function profileOf(calls: readonly HotCall[]): Uint8Array {
  const strings = ['', 'cpu', 'nanoseconds', 'samples', 'count'];
  const functions = new Map<string, number>();
  const parts: number[][] = [
    message(1, [...field(1, 3), ...field(2, 4)]),
    message(1, [...field(1, 1), ...field(2, 2)]),
  ];
  const functionId = (name: string): number => {
    const known = functions.get(name);
    if (known !== undefined) return known;
    const id = functions.size + 1;
    functions.set(name, id);
    strings.push(name);
    parts.push(
      message(5, [
        ...field(1, id),
        ...field(2, strings.length - 1),
        ...field(3, strings.length - 1),
        ...field(5, 1),
      ]),
    );
    return id;
  };
  let location = 0;
  const locationOf = (name: string, line: number): number => {
    const at = [...field(1, functionId(name)), ...field(2, line)];
    parts.push(message(4, [...field(1, ++location), ...message(4, at)]));
    return location;
  };
  for (const { caller, callee } of calls) {
    const leaf = locationOf(callee, 1);
    for (let line = 1; line <= LINES; line++) {
      const stack = [...field(1, leaf), ...field(1, locationOf(caller, line))];
      parts.push(message(2, [...stack, ...field(2, WEIGHT / 10_000_000), ...field(2, WEIGHT)]));
    }
  }
  const texts = strings.map((text) => message(6, [...new TextEncoder().encode(text)]));
  return Uint8Array.from([...parts, ...texts].flat());
}

/** A number of a protocol buffer, with its field's number before it. */
const field = (number: number, value: number): number[] => [...varint(number << 3), ...varint(value)];

/** Bytes of a protocol buffer: a text, or a message within. */
const message = (number: number, bytes: readonly number[]): number[] => [
  ...varint((number << 3) | 2),
  ...varint(bytes.length),
  ...bytes,
];

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
}
