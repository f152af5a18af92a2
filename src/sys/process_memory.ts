import type { ByteSource } from '../model/byte_source.ts';
import type { Pid } from '../model/ids.ts';
import { addressOf, SYS, trySyscall } from './libc.ts';

/** The memory of a running process by address. It is not stopped: two reads may see two states. */
export function processMemory(pid: Pid): ByteSource {
  return {
    name: `pid ${pid}`,
    read(position, length) {
      if (position < 0 || length < 0 || position + length >= 2 ** 47) return undefined;
      const bytes = new Uint8Array(length);
      if (length === 0) return bytes;
      const local = new BigUint64Array([addressOf(bytes), BigInt(length)]);
      const remote = new BigUint64Array([BigInt(position), BigInt(length)]);
      const result = trySyscall(SYS.processVmReadv, pid, addressOf(local), 1, addressOf(remote), 1, 0);
      return result.ok && result.value === length ? bytes : undefined;
    },
  };
}
