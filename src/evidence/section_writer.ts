import { promisify } from 'node:util';
import { crc32, gzip } from 'node:zlib';
import {
  FILE_HEADER,
  GZIP,
  MAGIC,
  MAJOR,
  MARKER,
  MINOR,
  SECTION_HEADER,
  SECTION_KINDS,
  type SectionKind,
  STORED,
} from './format.ts';

const gzipBytes = promisify(gzip);

/** Fast: events come by the hundred thousand, and repeat themselves. */
const LEVEL = 3;
/** Below it, gzip's own header costs more than it saves. */
const SHORT = 128;

/** What a file begins with. */
export function fileHeader(major: number = MAJOR, minor: number = MINOR): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(8, major, true);
  view.setUint16(10, minor, true);
  view.setUint32(12, crc32(bytes.subarray(0, 12)), true);
  return bytes;
}

/** One section as it stands in the file. `kind` is a number for kinds that this version does not know. */
export async function encodeSection(
  kind: SectionKind | number,
  sequence: number,
  raw: Uint8Array,
): Promise<Uint8Array> {
  const stored = raw.length < SHORT ? raw : await gzipBytes(raw, { level: LEVEL });
  const bytes = new Uint8Array(SECTION_HEADER + stored.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MARKER);
  bytes[4] = typeof kind === 'number' ? kind : SECTION_KINDS[kind];
  bytes[5] = stored === raw ? STORED : GZIP;
  view.setUint32(8, sequence, true);
  view.setUint32(12, stored.length, true);
  view.setUint32(16, raw.length, true);
  view.setUint32(20, crc32(stored), true);
  view.setUint32(24, crc32(bytes.subarray(0, 24)), true);
  bytes.set(stored, SECTION_HEADER);
  return bytes;
}
