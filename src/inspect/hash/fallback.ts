import { view } from '../../binary/elf/bounded_reader.ts';
import type { GoVersion } from '../../model/go_version.ts';
import type { MemHash } from './mem_hash.ts';

/** go1.18.10 src/runtime/hash64.go, m1 to m4: these stood in the place of drawn numbers. */
const FIXED = [0xa0761d6478bd642fn, 0xe7037ed1a0b428dbn, 0x8ebc6af09c88c6e3n, 0x589965cc75374cc3n] as const;
/** Release from which all four are drawn: go1.23.12 src/runtime/hash64.go. */
const FIRST_DRAWN = 23;
const M5 = 0x1d8e4e27c47d124fn;
const MASK = 0xffffffffffffffffn;

/**
 * The hash functions of the runtime where AES instructions are missing or switched off, after wyhash:
 * go1.18.10–1.26.8 src/runtime/hash64.go, go1.27.4 src/internal/runtime/maps/runtime_hash64.go.
 */
export class FallbackHash implements MemHash {
  readonly kind = 'fallback';
  readonly #k0: bigint;
  readonly #k1: bigint;
  readonly #k2: bigint;
  readonly #k3: bigint;

  /** `keys`: the 32 bytes of runtime.hashkey, drawn when the process started. */
  constructor(keys: Uint8Array, version: Pick<GoVersion, 'minor'>) {
    const drawn = [0, 8, 16, 24].map((at) => view(keys).getBigUint64(at, true));
    const [k0 = 0n, k1 = 0n, k2 = 0n, k3 = 0n] = version.minor < FIRST_DRAWN ? FIXED : drawn;
    this.#k0 = version.minor < FIRST_DRAWN ? k0 ^ (drawn[0] ?? 0n) : k0;
    this.#k1 = k1;
    this.#k2 = k2;
    this.#k3 = k3;
  }

  hash32(data: Uint8Array, seed: bigint): bigint {
    return this.hash(data.subarray(0, 4), seed);
  }

  hash64(data: Uint8Array, seed: bigint): bigint {
    return this.hash(data.subarray(0, 8), seed);
  }

  hash(data: Uint8Array, start: bigint): bigint {
    const words = view(data);
    const { length } = data;
    const r4 = (at: number): bigint => BigInt(words.getUint32(at, true));
    const r8 = (at: number): bigint => words.getBigUint64(at, true);
    let seed = start ^ this.#k0;
    let [a, b] = [0n, 0n];
    if (length === 0) return seed;
    if (length < 4)
      a = BigInt((data[0] ?? 0) | ((data[length >> 1] ?? 0) << 8) | ((data[length - 1] ?? 0) << 16));
    else if (length < 8) [a, b] = [r4(0), r4(length - 4)];
    else if (length <= 16) [a, b] = [r8(0), r8(length - 8)];
    else {
      let [at, left] = [0, length];
      if (left > 48) {
        let [seed1, seed2] = [seed, seed];
        for (; left > 48; left -= 48, at += 48) {
          seed = mix(r8(at) ^ this.#k1, r8(at + 8) ^ seed);
          seed1 = mix(r8(at + 16) ^ this.#k2, r8(at + 24) ^ seed1);
          seed2 = mix(r8(at + 32) ^ this.#k3, r8(at + 40) ^ seed2);
        }
        seed ^= seed1 ^ seed2;
      }
      for (; left > 16; left -= 16, at += 16) seed = mix(r8(at) ^ this.#k1, r8(at + 8) ^ seed);
      [a, b] = [r8(at + left - 16), r8(at + left - 8)];
    }
    return mix(M5 ^ BigInt(length), mix(a ^ this.#k1, b ^ seed));
  }
}

/** The two halves of the product. */
function mix(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product >> 64n) ^ (product & MASK);
}
