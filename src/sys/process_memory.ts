import { closeSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../model/byte_source.ts';
import type { Pid } from '../model/ids.ts';
import { ERRNO } from './errno.ts';
import { threadProgress } from './proc/progress.ts';
import { addressOf, keepAlive, SYS, trySyscall } from './libc.ts';

/** User space ends here. */
const END = 2 ** 47;
/** A kernel without the call (CONFIG_CROSS_MEMORY_ATTACH), or a seccomp filter against it. */
const NO_SUCH_CALL: readonly number[] = [ERRNO.ENOSYS, ERRNO.EPERM];

/** The memory of a running process by address. It is not stopped: two reads may see two states. */
export function processMemory(pid: Pid): ByteSource {
  return {
    name: `pid ${pid}`,
    read(position, length) {
      if (position < 0 || length < 0 || position + length >= END) return undefined;
      if (length === 0) return new Uint8Array(0);
      const bytes = new Uint8Array(length);
      const got = readByCall(pid, position, bytes);
      const whole = got === 'no-such-call' ? readByFile(pid, position, bytes) : got === length;
      return whole ? bytes : undefined;
    },
    progress: () => threadProgress(pid),
  };
}

/** Two iovecs, ours and the other's: address and length each. Buffers that are made so do not move. */
const vectors = new BigUint64Array(new ArrayBuffer(32));
const ours = Number(addressOf(vectors));
const theirs = ours + 16;
/** Most reads are of a few words: these come here first, since its address is known. */
const small = new Uint8Array(new ArrayBuffer(4096));
const smallAddress = addressOf(small);

function readByCall(pid: Pid, position: number, bytes: Uint8Array): number | 'no-such-call' {
  const isSmall = bytes.length <= small.length;
  vectors[0] = isSmall ? smallAddress : addressOf(bytes);
  vectors[2] = BigInt(position);
  vectors[1] = vectors[3] = BigInt(bytes.length);
  const result = trySyscall(SYS.processVmReadv, pid, ours, 1, theirs, 1, 0);
  keepAlive(bytes, vectors, small);
  if (!result.ok) return NO_SUCH_CALL.includes(result.errno) ? 'no-such-call' : 0;
  if (isSmall) bytes.set(small.subarray(0, bytes.length));
  return result.value;
}

/** Through /proc/PID/mem, which asks for the same rights. Exported for its test. */
export function readByFile(pid: Pid, position: number, bytes: Uint8Array): boolean {
  try {
    const fd = openSync(`/proc/${pid}/mem`, 'r');
    try {
      return readSync(fd, bytes, 0, bytes.length, position) === bytes.length;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
