import { view } from '../../binary/elf/bounded_reader.ts';
import { aesEnc, type Block, scramble, xor } from './aes.ts';
import type { MemHash } from './mem_hash.ts';

/**
 * The hash functions of the runtime on amd64 with AES: go1.18.10–1.26.8 src/runtime/asm_amd64.s (memhash, strhash,
 * memhash32, memhash64), go1.27.4 src/internal/runtime/maps/memhash_amd64.s. Seeds and hashes are 64-bit.
 */
export class AesHash implements MemHash {
  readonly kind = 'aes';
  readonly #keys: readonly Block[];

  /** `schedule`: the 128 bytes of runtime.aeskeysched, drawn when the process started. */
  constructor(schedule: Uint8Array) {
    this.#keys = Array.from({ length: 8 }, (_, i) => blockAt(schedule, i * 16));
  }

  /** memhash of 4 bytes as maps with such keys use it. */
  hash32(data: Uint8Array, seed: bigint): bigint {
    const state = seeded(seed);
    state[2] = view(data).getUint32(0, true);
    return this.#short(state);
  }

  hash64(data: Uint8Array, seed: bigint): bigint {
    const state = seeded(seed);
    state[2] = view(data).getUint32(0, true);
    state[3] = view(data).getUint32(4, true);
    return this.#short(state);
  }

  /** memhash of any number of bytes, which strhash is too. */
  hash(data: Uint8Array, seed: bigint): bigint {
    const { length } = data;
    const unscrambled = seeded(seed);
    const twice = (length & 0xffff) * 0x10001;
    unscrambled[2] = twice;
    unscrambled[3] = twice;
    const start = (i: number): Block => {
      const state = unscrambled.slice();
      xor(state, this.#keys[i] ?? unscrambled);
      scramble(state);
      return state;
    };
    if (length === 0) {
      const state = start(0);
      scramble(state);
      return low(state);
    }
    if (length > 128)
      return long(
        data,
        Array.from({ length: 8 }, (_, i) => start(i)),
      );
    const lanes = blocksOf(data).map((block, i) => {
      xor(block, start(i));
      for (let round = 0; round < 3; round++) scramble(block);
      return block;
    });
    return low(combined(lanes));
  }

  #short(state: Block): bigint {
    for (const key of this.#keys.slice(0, 3)) aesEnc(state, key);
    return low(state);
  }
}

/** 1, 2, 4 or 8 blocks: the first half from the start of the data, the other half up to its end. */
function blocksOf(data: Uint8Array): Block[] {
  const { length } = data;
  if (length <= 16) {
    const padded = new Uint8Array(16);
    padded.set(data);
    return [blockAt(padded, 0)];
  }
  const half = length <= 32 ? 1 : length <= 64 ? 2 : 4;
  return Array.from({ length: half * 2 }, (_, i) =>
    blockAt(data, i < half ? i * 16 : length - (2 * half - i) * 16),
  );
}

/** From 129 bytes on: the last 128 bytes first, then all others from the start in steps of 128. */
function long(data: Uint8Array, seeds: readonly Block[]): bigint {
  const { length } = data;
  const lanes = seeds.map((seed, i) => {
    const block = blockAt(data, length - 128 + i * 16);
    xor(block, seed);
    return block;
  });
  const steps = Math.floor((length - 1) / 128);
  for (let step = 0; step < steps; step++)
    lanes.forEach((lane, i) => {
      scramble(lane);
      aesEnc(lane, blockAt(data, step * 128 + i * 16));
    });
  for (const lane of lanes) for (let round = 0; round < 3; round++) scramble(lane);
  return low(combined(lanes));
}

function combined([first, ...others]: readonly Block[]): Block {
  const sum = first ?? new Uint32Array(4);
  for (const lane of others) xor(sum, lane);
  return sum;
}

function seeded(seed: bigint): Block {
  return Uint32Array.of(Number(seed & 0xffffffffn), Number((seed >> 32n) & 0xffffffffn), 0, 0);
}

function blockAt(bytes: Uint8Array, at: number): Block {
  const words = view(bytes);
  return Uint32Array.from({ length: 4 }, (_, i) => words.getUint32(at + i * 4, true));
}

const low = (state: Block): bigint => BigInt(state[0] ?? 0) | (BigInt(state[1] ?? 0) << 32n);
