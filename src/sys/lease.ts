import { constants, openSync } from 'node:fs';
import type { Closable } from '../base/dispose.ts';
import { MapauditError } from '../base/errors.ts';
import { Fd } from './fd.ts';
import { succeed, SYS, trySyscall } from './libc.ts';

/** include/uapi/linux/fcntl.h, include/uapi/asm-generic/fcntl.h */
const F_SETLEASE = 1024;
const F_GETLEASE = 1025;
const F_RDLCK = 0;
const F_UNLCK = 2;
const EAGAIN = 11;

/** The kernel says with SIGIO that somebody waits to write. Unhandled, that would end this process. */
const heard = (): void => undefined;
let held = 0;

/**
 * Nobody can begin to write to the file while this is held: whoever opens it for that waits until it is given up,
 * at most /proc/sys/fs/lease-break-time (45 s). fcntl(2), "Leases". Errors: `file-being-written`,
 * `file-unguarded` where the file system or our rights allow no lease.
 */
export class ReadLease implements Closable {
  readonly #fd: Fd;
  #closed = false;

  private constructor(fd: Fd) {
    this.#fd = fd;
  }

  static take(path: string): ReadLease {
    const fd = new Fd(openSync(path, constants.O_RDONLY), `lease on ${path}`);
    if (held++ === 0) process.on('SIGIO', heard);
    const lease = new ReadLease(fd);
    const taken = trySyscall(SYS.fcntl, fd.number, F_SETLEASE, F_RDLCK);
    if (taken.ok) return lease;
    lease.close();
    if (taken.errno === EAGAIN)
      throw new MapauditError('file-being-written', `${path} is being written to`, {
        hint: 'Wait until it is complete.',
      });
    throw new MapauditError(
      'file-unguarded',
      `${path} cannot be kept from being overwritten under its probes`,
      {
        hint: 'Its file system has no leases, or it belongs to somebody else (CAP_LEASE). Audit the processes instead: --name, or -p PID.',
        fields: { errno: taken.errno },
      },
    );
  }

  /** Somebody waits to write: give it up soon. */
  get wanted(): boolean {
    return (
      !this.#closed && succeed(trySyscall(SYS.fcntl, this.#fd.number, F_GETLEASE), 'F_GETLEASE') === F_UNLCK
    );
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#fd.close();
    if (--held === 0) process.off('SIGIO', heard);
  }
}
