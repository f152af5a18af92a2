import { view } from '../../binary/elf/bounded_reader.ts';
import type { MapFlavour } from '../../model/go_version.ts';
import type { Program } from '../place/program.ts';

const HEADER = 48;
const MAX_DEPTH = 40;
/** A header may be read in the middle of a change: then it is read again. */
const TRIES = 3;

/**
 * Whether a map's header can be what lies at an address: fields that depend on each other agree. What a
 * variable holds before it was set, or memory that was freed, does not pass but by chance.
 */
export function plausibleMap(program: Program, header: number): boolean {
  if (header % 8 !== 0) return false;
  for (let i = 0; i < TRIES; i++) {
    const bytes = program.memory.read(header, HEADER);
    if (bytes === undefined) return false;
    if (isHeader(view(bytes), program.binary.flavour)) return true;
  }
  return false;
}

const isHeader = (words: DataView, flavour: MapFlavour): boolean =>
  flavour === 'classic' ? isHmap(words) : isSwissMap(words);

/** go1.23.12 src/runtime/map.go, hmap: at most 13/2 entries a bucket, and a bucket more while it grows. */
function isHmap(words: DataView): boolean {
  const count = Number(words.getBigUint64(0, true));
  const b = words.getUint8(9);
  const [buckets, old] = [pointer(words, 16), pointer(words, 24)];
  if (words.getUint8(8) > 15 || b > MAX_DEPTH || buckets === undefined || old === undefined) return false;
  return buckets === 0 ? count === 0 && old === 0 : count <= 6.5 * 2 ** b + 8;
}

/** go1.24–1.27 src/internal/runtime/maps/map.go, Map: without a directory one group of 8, else tables of 1024. */
function isSwissMap(words: DataView): boolean {
  const used = Number(words.getBigUint64(0, true));
  const directory = pointer(words, 16);
  const length = Number(words.getBigUint64(24, true));
  const depth = words.getUint8(32);
  if (directory === undefined || depth > MAX_DEPTH || words.getUint8(34) > 1) return false;
  if (length === 0) return used <= 8 && depth === 0 && (directory !== 0 || used === 0);
  const shift = words.getUint8(33);
  // A shift of 64 is kept as it is: 64 - globalDepth.
  return directory !== 0 && length === 2 ** depth && shift === 64 - depth && used <= length * 1024;
}

/** Undefined for a word that is no pointer of user space to something aligned. */
function pointer(words: DataView, at: number): number | undefined {
  const value = Number(words.getBigUint64(at, true));
  return value % 8 === 0 && value < 2 ** 47 && (value === 0 || value >= 4096) ? value : undefined;
}
