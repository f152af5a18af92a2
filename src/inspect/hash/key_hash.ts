import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Addr } from '../../model/addr.ts';
import type { MemHash } from './mem_hash.ts';
import type { KeyValue } from './key_value.ts';
import { isRegular, memoryRuns } from './regular_memory.ts';
import { signatureSteps } from './signature.ts';

/** Multipliers of hashes of floats and interfaces: go1.18.10–1.27.4 src/runtime/alg.go, c0 and c1 for 64 bits. */
const C0 = 33054211828000289n;
const C1 = 23344194077549503n;

/**
 * Who hashes, up to Go 1.26: the function that the compiler makes for a type hashes neighbouring plain fields of a struct in one go;
 * the one that the runtime uses for what interfaces hold goes field by field.
 */
type Manner = 'compiled' | 'interpreted';

/** The hash of a key, as the runtime computes it; undefined for a NaN, whose hash is drawn anew each time. */
export function keyHash(
  hash: MemHash,
  types: TypeReader,
  type: Addr,
  key: KeyValue,
  seed: bigint,
): bigint | undefined {
  if (types.version.minor < 27) return hashOf(hash, types, type, key, seed, 'compiled');
  let h: bigint | undefined = seed;
  for (const step of signatureSteps(types, type, key)) {
    if (h === undefined) return undefined;
    h =
      step.kind === 'memory'
        ? plain(hash, key.bytes.subarray(step.start, step.end), h)
        : hashOf(hash, types, step.type, step.value, h, 'compiled');
  }
  return h;
}

function hashOf(
  hash: MemHash,
  types: TypeReader,
  type: Addr,
  key: KeyValue,
  seed: bigint,
  manner: Manner,
): bigint | undefined {
  if (isRegular(types, type)) return plain(hash, key.bytes, seed);
  switch (key.kind) {
    case 'string':
      return hash.hash(key.text, seed);
    case 'interface': {
      if (key.value === undefined) return seed;
      const inner = hashOf(hash, types, key.type, key.value, seed ^ C0, 'interpreted');
      return inner === undefined ? undefined : times(C1, inner);
    }
    case 'array':
      return key.items.reduce<bigint | undefined>(
        (h, item) => (h === undefined ? h : hashOf(hash, types, key.elem, item, h, manner)),
        seed,
      );
    case 'struct':
      return structHash(hash, types, type, key, seed, manner);
    case 'plain':
      return floats(hash, types, type, key.bytes, seed);
  }
}

function structHash(
  hash: MemHash,
  types: TypeReader,
  type: Addr,
  key: Extract<KeyValue, { kind: 'struct' }>,
  seed: bigint,
  manner: Manner,
): bigint | undefined {
  let h: bigint | undefined = seed;
  for (const run of memoryRuns(types, type)) {
    if (h === undefined) return undefined;
    if (run.isMemory && manner === 'compiled') {
      h = hash.hash(key.bytes.subarray(run.start, run.end), h);
      continue;
    }
    for (const index of run.fields) {
      const field = key.fields[index];
      if (field === undefined || h === undefined) return undefined;
      h = hashOf(hash, types, field.type, field.value, h, manner);
    }
  }
  return h;
}

/** go1.26.8 src/runtime/alg.go, typehash; memhash8 … memhash128 of the compiler do the same. */
function plain(hash: MemHash, bytes: Uint8Array, seed: bigint): bigint {
  if (bytes.length === 0) return seed;
  if (bytes.length === 4) return hash.hash32(bytes, seed);
  if (bytes.length === 8) return hash.hash64(bytes, seed);
  return hash.hash(bytes, seed);
}

/** f32hash, f64hash, c64hash, c128hash: the two zeros are equal, so they hash alike. */
function floats(
  hash: MemHash,
  types: TypeReader,
  type: Addr,
  bytes: Uint8Array,
  seed: bigint,
): bigint | undefined {
  const kind = types.head(type)?.kind;
  const size = kind === 'float32' || kind === 'complex64' ? 4 : 8;
  let h = seed;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    const words = new DataView(part.buffer, part.byteOffset, size);
    const value = size === 4 ? words.getFloat32(0, true) : words.getFloat64(0, true);
    if (Number.isNaN(value)) return undefined;
    h = value === 0 ? times(C1, C0 ^ h) : hash.hash(part, h);
  }
  return h;
}

const times = (a: bigint, b: bigint): bigint => BigInt.asUintN(64, a * b);
