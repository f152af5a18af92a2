import type { GoBinary } from '../../go/go_binary.ts';
import { type Bias, type FileAddr, fileAddr, toAddr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import { AesHash } from './aes_hash.ts';
import { FallbackHash } from './fallback.ts';
import type { MemHash } from './mem_hash.ts';

const SCHEDULE_BYTES = 128;
const KEY_BYTES = 32;

/** The functions that name runtime.aeskeysched first: go1.18–1.26 src/runtime/asm_amd64.s, then internal/runtime/maps. */
const WITH_SCHEDULE = ['internal/runtime/maps.memHash64AES', 'runtime.memhash64'];
/** Those that ask runtime.useAeshash (1.27: maps.UseAeshash). */
const WITH_SWITCH = ['internal/runtime/maps.MemHash64', 'runtime.memhash64'];
/** Those that name runtime.hashkey, and nothing else that lies outside of them. */
const WITH_KEYS = [
  'internal/runtime/maps.memHash64Fallback',
  'internal/runtime/maps.MemHash64',
  'runtime.memhash64Fallback',
];

/** AESENC disp32(RIP), X0. */
const isAesenc = (code: Uint8Array, at: number): boolean =>
  [0x66, 0x0f, 0x38, 0xdc, 0x05].every((byte, i) => code[at + i] === byte);
/** CMPB disp32(RIP), imm8. */
const isCompare = (code: Uint8Array, at: number): boolean => code[at] === 0x80 && code[at + 1] === 0x3d;
/** MOVQ or XORQ disp32(RIP), any register. */
const isLoad = (code: Uint8Array, at: number): boolean =>
  (code[at] === 0x48 || code[at] === 0x4c) &&
  (code[at + 1] === 0x8b || code[at + 1] === 0x33) &&
  ((code[at + 2] ?? 0) & 0xc7) === 0x05;

/**
 * The hash functions of a process, with what it drew at its start: with AES instructions, or without where the
 * processor has none or GODEBUG=cpu.aes=off says so. Where the drawn numbers lie is read from the code of the
 * runtime's own hash functions, so stripped programs have it too. Undefined when that code has another shape, or
 * memory cannot be read. Whoever uses it compares it with entries first: see `hashAgrees`.
 */
export function processHash(binary: GoBinary, memory: ByteSource, bias: Bias): MemHash | undefined {
  const useAes = operand(binary, WITH_SWITCH, isCompare, 2, 1);
  const used = useAes === undefined ? undefined : memory.read(toAddr(useAes, bias), 1)?.[0];
  if (used === undefined || used > 1) return undefined;
  const place =
    used === 1 ? operand(binary, WITH_SCHEDULE, isAesenc, 5, 0) : operand(binary, WITH_KEYS, isLoad, 3, 0);
  const length = used === 1 ? SCHEDULE_BYTES : KEY_BYTES;
  const drawn = place === undefined ? undefined : memory.read(toAddr(place, bias), length);
  if (drawn === undefined) return undefined;
  return used === 1 ? new AesHash(drawn) : new FallbackHash(drawn, binary.version);
}

/**
 * The lowest address that such instructions of a function name. The displacement stands `opcode` bytes behind an
 * instruction's start and is followed by `after` bytes.
 */
function operand(
  binary: GoBinary,
  names: readonly string[],
  isIt: (code: Uint8Array, at: number) => boolean,
  opcode: number,
  after: number,
): FileAddr | undefined {
  for (const name of names) {
    const f = binary.functionNamed(name);
    if (f === undefined) continue;
    const code = binary.readCode(f);
    const words = new DataView(code.buffer, code.byteOffset, code.byteLength);
    let lowest = Infinity;
    for (let at = 0; at + opcode + 4 + after <= code.length; at++) {
      if (!isIt(code, at)) continue;
      lowest = Math.min(lowest, f.start + at + opcode + 4 + after + words.getInt32(at + opcode, true));
    }
    if (lowest !== Infinity) return fileAddr(lowest);
  }
  return undefined;
}
