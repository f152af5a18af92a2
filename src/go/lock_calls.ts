import { decodeX86 } from '../binary/x86/instruction.ts';
import { type FileAddr, fileAddr } from '../model/addr.ts';
import type { GoBinary } from './go_binary.ts';

/**
 * What a function calls that takes a lock of package sync. Lock and RLock themselves are inlined: what remains are
 * their slow ways. go1.18–1.27 src/sync/mutex.go, rwmutex.go; since 1.24 also src/internal/sync/mutex.go.
 */
const LOCKING =
  /^(?:(?:internal\/)?sync\.\(\*(?:RW)?Mutex\)\.(?:(?:Try)?R?Lock|lockSlow)|(?:internal\/)?sync\.runtime_Semacquire(?:RW)?Mutex(?:R)?)$/;
/** Larger ones are not decoded for this. */
const MOST_CODE = 1 << 16;

/**
 * Where the function that holds an instruction takes a mutex, or what was inlined into it: return addresses of the
 * calls. That it holds one at the instruction is not said. Undefined where its code is not known, or too large.
 */
export function lockCalls(binary: GoBinary, at: FileAddr): readonly FileAddr[] | undefined {
  const f = binary.functionAt(at);
  if (f === undefined || f.end - f.start > MOST_CODE) return undefined;
  return decodeX86(binary.readCode(f), f.start)
    .filter(({ flow, target }) => flow === 'call' && isLocking(binary, target))
    .map(({ address, bytes }) => fileAddr(address + bytes.length));
}

function isLocking(binary: GoBinary, target: FileAddr | undefined): boolean {
  return target !== undefined && LOCKING.test(binary.functionAt(target)?.name ?? '');
}

/** Whether the function that holds an instruction takes a mutex, as far as its code is known. */
export const takesLock = (binary: GoBinary, at: FileAddr): boolean =>
  (lockCalls(binary, at) ?? []).length > 0;
