import {
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import type { Closable } from '../../base/dispose.ts';
import { MapauditError } from '../../base/errors.ts';
import type { Pid } from '../../model/ids.ts';
import { monotonicNs } from '../../sys/clock.ts';
import { Fd } from '../../sys/fd.ts';
import { MemoryMap } from '../../sys/memory_map.ts';
import { parseMappings } from '../../sys/proc/mappings.ts';
import { processStatus } from '../../sys/proc/status.ts';
import { bytesOfP, HEADER, MAGIC, PS_AT, VERSION } from './layout.ts';

/** How large a new file's rings are. The file is sparse: what no P writes to takes no memory. */
export interface SharedShape {
  /** Records a P, a power of two. */
  readonly slots: number;
  /** Bytes a record, a multiple of 64. */
  readonly stride: number;
  /** Ps that have a ring; hits on others are counted as lost. */
  readonly ps: number;
}

/** How long a program may take to notice its reader: a signal is all that it needs. */
const ANSWER_NS = 2_000_000_000n;
const PAUSE_MS = 2;

/**
 * The file that a hooked program and we share: made by whoever comes first after the program's start, mapped by both.
 * Errors: `no-such-process`, `already-audited`, `hook-silent`, `not-permitted`.
 */
export class SharedFile implements Closable {
  readonly bytes: Uint8Array;
  readonly words: DataView;
  readonly shape: SharedShape;
  readonly #pid: Pid;
  readonly #memory: MemoryMap;

  constructor(pid: Pid, shape: SharedShape) {
    this.#pid = pid;
    const { path, inside, uid } = place(pid);
    if (!isMapped(pid, path)) remove(path);
    const existed = existsSync(path);
    const size = PS_AT + shape.ps * bytesOfP(shape.slots, shape.stride);
    const fd = new Fd(existed ? open(path) : create(path, size, uid), 'shared file');
    try {
      this.#memory = MemoryMap.of(fd, 'read-write', 0, existed ? statSync(path).size : size);
    } finally {
      fd.close();
    }
    this.bytes = this.#memory.bytes;
    this.words = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    try {
      if (!existed) this.#describe(shape, size, inside);
      this.#claim();
      this.shape = {
        slots: this.words.getUint32(HEADER.slots, true),
        stride: this.words.getUint32(HEADER.stride, true),
        ps: this.words.getUint32(HEADER.ps, true),
      };
      this.poke();
    } catch (error) {
      this.#memory.close();
      throw error;
    }
  }

  /** Asks the program to stamp its clock, and waits until it has: then it has the file, too. */
  poke(): void {
    const before = this.ack;
    const until = monotonicNs() + ANSWER_NS;
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    while (this.ack === before) {
      this.signal();
      Atomics.wait(sleeper, 0, 0, PAUSE_MS);
      if (monotonicNs() > until)
        throw new MapauditError('hook-silent', `pid ${this.#pid} does not answer to its hook`, {
          hint: 'Is it stopped, or does it hold SIGURG back? Otherwise use --probe kernel.',
        });
    }
  }

  /** SIGURG: Go itself sends it to preempt, and programs take no harm from it. */
  signal(): void {
    try {
      process.kill(this.#pid, 'SIGURG');
    } catch {
      throw new MapauditError('no-such-process', `there is no process ${this.#pid} any more`);
    }
  }

  get ack(): number {
    return this.words.getUint32(HEADER.ack, true);
  }

  /** Lets another reader in. The file stays for it: the program has it mapped as long as it lives. */
  close(): void {
    if (this.#memory.bytes.length === 0) return;
    this.words.setBigUint64(HEADER.reader, 0n, true);
    this.#memory.close();
  }

  #describe({ slots, stride, ps }: SharedShape, size: number, inside: number): void {
    const u32 = (at: number, value: number): void => this.words.setUint32(at, value, true);
    u32(HEADER.version, VERSION);
    u32(HEADER.slots, slots);
    u32(HEADER.stride, stride);
    u32(HEADER.ps, ps);
    u32(HEADER.every, 1);
    this.words.setBigUint64(HEADER.pid, BigInt(inside), true);
    this.words.setBigUint64(HEADER.size, BigInt(size), true);
    this.words.setBigUint64(HEADER.magic, MAGIC, true);
  }

  #claim(): void {
    const owner = Number(this.words.getBigUint64(HEADER.reader, true));
    if (owner !== 0 && owner !== process.pid && isAlive(owner))
      throw new MapauditError(
        'already-audited',
        `pid ${this.#pid} is being audited through its hook by pid ${owner}`,
        {
          hint: 'End that run first, or use --probe kernel beside it.',
          fields: { other: owner },
        },
      );
    this.words.setBigUint64(HEADER.reader, BigInt(process.pid), true);
  }
}

/** Where the file of a process is, seen from here and from there. */
function place(pid: Pid): { path: string; inside: number; uid: number } {
  const status = processStatus(pid);
  if (status === undefined) throw new MapauditError('no-such-process', `there is no process ${pid}`);
  const inside = status.namespacePids.at(-1) ?? pid;
  const direct = `/dev/shm/mapaudit.${inside}`;
  const sameRoot = inside === pid && sameMounts(pid);
  return { path: sameRoot ? direct : `/proc/${pid}/root${direct}`, inside, uid: status.uid };
}

/** /proc/PID/root needs rights that one's own processes in the same namespace do not. */
function sameMounts(pid: Pid): boolean {
  try {
    const [own, theirs] = ['/dev/shm', `/proc/${pid}/root/dev/shm`].map((path) => statSync(path));
    return own?.ino === theirs?.ino && own?.dev === theirs?.dev;
  } catch {
    return true;
  }
}

/** Whether the process has this very file mapped; a file of an earlier process with its pid is not. */
function isMapped(pid: Pid, path: string): boolean {
  if (!existsSync(path)) return false;
  const { ino } = statSync(path);
  try {
    return parseMappings(readFileSync(`/proc/${pid}/maps`, 'utf8')).some((one) => one.inode === ino);
  } catch {
    return true;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was not there, or is somebody else's: making ours says so.
  }
}

function create(path: string, size: number, uid: number): number {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const fd = openSync(path, flags, 0o600);
    fchmodSync(fd, 0o600);
    if (process.geteuid?.() !== uid) fchownSync(fd, uid, -1);
    ftruncateSync(fd, size);
    return fd;
  } catch (error) {
    throw notPermitted(path, error);
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    throw notPermitted(path, error);
  }
}

const notPermitted = (path: string, cause: unknown): MapauditError =>
  new MapauditError('not-permitted', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    hint: 'Run as the user that the program runs as, or as root.',
    cause,
  });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
