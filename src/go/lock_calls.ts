import { decodeX86 } from '../binary/x86/instruction.ts';
import type { FileAddr } from '../model/addr.ts';
import type { GoBinary } from './go_binary.ts';

/**
 * What a function calls that takes a lock of package sync. Lock and RLock themselves are inlined: what remains are
 * their slow ways. go1.18–1.27 src/sync/mutex.go, rwmutex.go; since 1.24 also src/internal/sync/mutex.go.
 */
const LOCKING =
  /^(?:(?:internal\/)?sync\.\(\*(?:RW)?Mutex\)\.(?:R?Lock|lockSlow)|(?:internal\/)?sync\.runtime_Semacquire(?:RW)?Mutex(?:R)?)$/;
/** Larger ones are not decoded for this. */
const MOST_CODE = 1 << 16;

/** Whether the function that holds an instruction takes a mutex itself, or what was inlined into it does. */
export function takesLock(binary: GoBinary, at: FileAddr): boolean {
  const f = binary.functionAt(at);
  if (f === undefined || f.end - f.start > MOST_CODE) return false;
  return decodeX86(binary.readCode(f), f.start).some(
    (i) =>
      i.flow === 'call' && i.target !== undefined && LOCKING.test(binary.functionAt(i.target)?.name ?? ''),
  );
}
