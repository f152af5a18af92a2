import { constants, fchmodSync, fchownSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import type { Closable } from '../../base/dispose.ts';
import { MapauditError, messageOf } from '../../base/errors.ts';
import type { Pid } from '../../model/ids.ts';
import { allocate, punchHole } from '../../sys/allocate.ts';
import { asUser } from '../../sys/as_user.ts';
import { monotonicNs } from '../../sys/clock.ts';
import { Fd } from '../../sys/fd.ts';
import { MemoryMap } from '../../sys/memory_map.ts';
import type { SharedShape } from '../shared/layout.ts';
import { bytesOfP, HEADER, MAGIC, P, PS_AT, VERSION } from './layout.ts';
import { isMapped, namespaceOf, type Place, placeOf, removeFile, removeStale } from './place.ts';

/** How long a program may take to notice its reader: a signal is all that it needs. */
const ANSWER_NS = 2_000_000_000n;
const PAUSE_MS = 2;
/** A reader in another pid namespace that has not looked for so long has gone. */
const SILENT_NS = 5_000_000_000n;

/**
 * The file that a hooked program and we share: made by whoever comes first after the program's start, mapped by both.
 * Errors: `no-such-process`, `already-audited`, `hook-silent`, `not-permitted`, `no-room`.
 */
export class SharedFile implements Closable {
  readonly bytes: Uint8Array;
  readonly words: DataView;
  readonly shape: SharedShape;
  readonly #pid: Pid;
  readonly #memory: MemoryMap;
  readonly #fd: Fd;
  /** Ps whose memory is there; writing to others could find none, which would end the program. */
  #reserved = 0;

  /**
   * `image`: that of the program that runs now; one that the process runs later shall not take the file for its own.
   * `check` may refuse what there is, before anything of it is changed.
   */
  constructor(pid: Pid, wish: SharedShape, image: bigint, check: (shape: SharedShape) => void) {
    this.#pid = pid;
    removeStale();
    const place = placeOf(pid);
    let found: OpenedFile;
    try {
      found = openAt(pid, place, sizeOf(wish));
    } finally {
      place.close();
    }
    const { size, isFresh } = found;
    this.#fd = new Fd(found.number, 'shared file');
    try {
      this.#allocate(0, PS_AT);
      this.#memory = MemoryMap.of(this.#fd, 'read-write', 0, size);
    } catch (error) {
      this.#fd.close();
      throw error;
    }
    this.bytes = this.#memory.bytes;
    this.words = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    try {
      if (isFresh) this.#describe(wish, size, place, image);
      this.shape = this.#readShape(size);
      check(this.shape);
      this.#claim();
    } catch (error) {
      this.#release();
      throw error;
    }
    try {
      this.poke();
      this.reserve();
    } catch (error) {
      this.close();
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

  /** Tells the hook and other readers that we are there. */
  beat(): void {
    this.words.setBigUint64(HEADER.beat, monotonicNs(), true);
  }

  /** Makes sure that every P that the program has now may be written to. Errors: `no-room`. */
  reserve(): void {
    const wanted = Math.min(this.shape.ps, Number(this.words.getBigUint64(HEADER.procs, true)));
    if (wanted <= this.#reserved) return;
    const { slots, stride } = this.shape;
    this.#allocate(PS_AT, wanted * bytesOfP(slots, stride));
    this.#reserved = wanted;
    this.words.setUint32(HEADER.ps, wanted, true);
  }

  /** Ps that can have written anything. */
  get ps(): number {
    return this.#reserved;
  }

  /**
   * Lets another reader in, and gives back the memory of rings and counters. The file stays for it: the program
   * has it mapped as long as it lives.
   */
  close(): void {
    if (this.#memory.bytes.length === 0) return;
    this.words.setBigUint64(HEADER.reader, 0n, true);
    this.words.setUint32(HEADER.ps, this.shape.ps, true);
    const recorder = this.words.getUint32(HEADER.base, true) !== 0;
    for (let p = 0; p < this.#reserved && !recorder; p++) {
      const each = bytesOfP(this.shape.slots, this.shape.stride);
      punchHole(this.#fd, PS_AT + p * each + P.bytes, Math.floor((each - P.bytes) / 4096) * 4096);
    }
    this.#release();
  }

  #release(): void {
    this.#memory.close();
    this.#fd.close();
  }

  #allocate(offset: number, length: number): void {
    if (allocate(this.#fd, offset, length)) return;
    throw new MapauditError('no-room', `/dev/shm has no room for ${Math.ceil(length / 2 ** 20)} MB`, {
      hint: 'Smaller rings need less: --ring 256K. In a container, a larger /dev/shm (docker run --shm-size).',
    });
  }

  #describe({ slots, stride, ps }: SharedShape, size: number, { inside, space }: Place, image: bigint): void {
    const u32 = (at: number, value: number): void => this.words.setUint32(at, value, true);
    u32(HEADER.version, VERSION);
    u32(HEADER.slots, slots);
    u32(HEADER.stride, stride);
    u32(HEADER.ps, ps);
    u32(HEADER.every, 1);
    this.words.setBigUint64(HEADER.pid, BigInt(inside), true);
    this.words.setBigUint64(HEADER.space, BigInt(space), true);
    this.words.setBigUint64(HEADER.size, BigInt(size), true);
    this.words.setBigUint64(HEADER.image, image, true);
    this.words.setBigUint64(HEADER.magic, MAGIC, true);
  }

  /** What a reader before us, or the program itself, has chosen; the file is its owner's to write, so it is checked. */
  #readShape(size: number): SharedShape {
    const [slots, stride] = [HEADER.slots, HEADER.stride].map((at) => this.words.getUint32(at, true));
    const each = bytesOfP(slots ?? 0, stride ?? 0);
    const ps = Math.floor((size - PS_AT) / each);
    const known = this.words.getBigUint64(HEADER.magic, true) === MAGIC;
    if (
      !known ||
      slots === undefined ||
      stride === undefined ||
      slots === 0 ||
      (slots & (slots - 1)) !== 0 ||
      stride < 64 ||
      ps < 1
    )
      throw new MapauditError('hook-silent', `the file that pid ${this.#pid} shares is damaged`, {
        hint: 'Restart the program, or use --probe kernel.',
      });
    return { slots, stride, ps };
  }

  #claim(): void {
    const owner = Number(this.words.getBigUint64(HEADER.reader, true));
    const space = namespaceOf('self');
    if (owner !== 0 && this.#isReading(owner, space))
      throw new MapauditError(
        'already-audited',
        `pid ${this.#pid} is being audited through its hook by pid ${owner}`,
        {
          hint: 'End that run first, or use --probe kernel beside it.',
          fields: { other: owner },
        },
      );
    this.words.setUint32(HEADER.mode, 0, true);
    this.words.setBigUint64(HEADER.reader, BigInt(process.pid), true);
    this.words.setBigUint64(HEADER.readerIn, BigInt(space), true);
    this.beat();
  }

  /** Pids of another namespace say nothing here: there it counts when the reader looked last. */
  #isReading(owner: number, space: number): boolean {
    if (Number(this.words.getBigUint64(HEADER.readerIn, true)) === space) return isAlive(owner);
    return monotonicNs() - this.words.getBigUint64(HEADER.beat, true) < SILENT_NS;
  }
}

const sizeOf = ({ slots, stride, ps }: SharedShape): number => PS_AT + ps * bytesOfP(slots, stride);

interface OpenedFile {
  readonly number: number;
  readonly size: number;
  readonly isFresh: boolean;
}

/** The file that the process has, or else a new one in place of what may lie there. Error: `not-permitted`. */
function openAt(pid: Pid, place: Place, size: number): OpenedFile {
  const isTheirs = isMapped(pid, place.path);
  const act = (): OpenedFile => {
    if (!isTheirs) removeFile(place.path);
    const number = isTheirs ? open(pid, place) : create(pid, place, size);
    return { number, size: fstatSync(number).size, isFresh: !isTheirs };
  };
  return place.isForeign ? asUser(place.user, act) : act();
}

function create(pid: Pid, { path, user: { uid } }: Place, size: number): number {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const fd = openSync(path, flags, 0o600);
    fchmodSync(fd, 0o600);
    if (process.geteuid?.() !== uid) fchownSync(fd, uid, -1);
    ftruncateSync(fd, size);
    return fd;
  } catch (error) {
    throw notPermitted(pid, error);
  }
}

function open(pid: Pid, { path }: Place): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw notPermitted(pid, error);
  }
}

const notPermitted = (pid: Pid, cause: unknown): MapauditError =>
  new MapauditError('not-permitted', `the file that pid ${pid} is to share: ${messageOf(cause)}`, {
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
