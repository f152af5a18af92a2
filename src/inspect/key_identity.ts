import { crc32 } from 'node:zlib';
import { view } from '../binary/elf/bounded_reader.ts';
import type { MapType } from '../go/types/go_type.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import type { FormattedValue } from '../go/value/format_value.ts';
import type { ByteSource } from '../model/byte_source.ts';

/** Longer texts are told apart by where they lie. */
const MOST_TEXT = 1 << 20;

/**
 * What tells a key from all others of its map, the same at whatever slot it lies: its text, unless that is cut off or
 * does not say all. Where nothing says it for sure (NaN is unequal to itself) it is the slot, so that no key is taken
 * for another: one that moves meanwhile may then be told twice. `bytes`: of the key; undefined when it cannot be read.
 */
export function keyIdentity(
  { memory, types }: { readonly memory: ByteSource; readonly types: TypeReader },
  map: MapType,
  { text, truncated, unreadable }: FormattedValue,
  bytes: Uint8Array | undefined,
  slot: string,
): string {
  if (unreadable || bytes === undefined) return `slot ${slot}`;
  const kind = types.head(map.key)?.kind;
  if (kind === 'string') return truncated ? (wholeText(memory, bytes) ?? `slot ${slot}`) : text;
  if (truncated || text.includes('NaN')) return `slot ${slot}`;
  // Types of two packages can be written alike.
  return kind === 'interface' ? `${view(bytes).getBigUint64(0, true)} ${text}` : text;
}

/** A long text by its length and two checksums. */
function wholeText(memory: ByteSource, header: Uint8Array): string | undefined {
  const [data, length] = [0, 8].map((at) => Number(view(header).getBigUint64(at, true)));
  if (data === undefined || length === undefined || length > MOST_TEXT) return undefined;
  const bytes = memory.read(data, length);
  if (bytes === undefined) return undefined;
  const half = length >> 1;
  return `text ${length} ${crc32(bytes.subarray(0, half))} ${crc32(bytes.subarray(half))}`;
}
