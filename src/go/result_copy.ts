import { decodeX86 } from '../binary/x86/instruction.ts';
import type { FileAddr } from '../model/addr.ts';
import type { GoBinary } from './go_binary.ts';

/** Instructions behind a call that are looked at: the arguments of a copy are made up before it. */
const NEAR = 20;
/** A string or a slice takes one or two. */
const LEAST_WIDE = 3;
const COPYING = new Set(['runtime.duffcopy', 'runtime.memmove', 'runtime.typedmemmove']);
/** Larger ones are not decoded for this. */
const MOST_CODE = 1 << 16;

/**
 * Whether the code behind a call copies a large value, as the compiler copies what a map access has returned the
 * address of: by REP MOVS, by a run of 16-byte moves, or by a function of the runtime. A program that takes a field
 * only reads that field. cmd/compile of go1.18–1.27, src/cmd/compile/internal/ssa/_gen/AMD64.rules, Move.
 */
export function copiesResult(binary: GoBinary, returnAddress: FileAddr): boolean {
  const f = binary.functionAt(returnAddress);
  if (f === undefined || f.end - f.start > MOST_CODE) return false;
  const code = decodeX86(binary.readCode(f), f.start);
  const first = code.findIndex(({ address }) => address === returnAddress);
  let wide = 0;
  for (const i of first < 0 ? [] : code.slice(first, first + NEAR)) {
    if (i.mnemonic.startsWith('movs') && i.text.includes('rep')) return true;
    if (i.flow === 'call')
      return i.target !== undefined && COPYING.has(binary.functionAt(i.target)?.name ?? '');
    if (i.mnemonic === 'movups' && i.memory !== undefined && ++wide >= 2 * LEAST_WIDE) return true;
    if (i.flow === 'return' || i.flow === 'jump') return false;
  }
  return false;
}
