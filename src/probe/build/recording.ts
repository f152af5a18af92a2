import { MapauditError } from '../../base/errors.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { RunningProbe } from '../../model/probe.ts';
import { EXIT_RECORD, KEY_AREA, MAX_FRAMES, RECORD, RECORD_EXIT, RECORD_HEAD } from '../../model/record.ts';
import type { RingChunk } from '../../model/ring_chunk.ts';
import type { SharedShape } from '../shared/layout.ts';
import { Ticks } from '../shared/ticks.ts';
import { bytesOfP, HEADER, MAGIC, P, PS_AT, VERSION } from './layout.ts';
import { HOOK_SITES, EXIT_BASE } from './sites.ts';

/** The hook makes no larger ones: go/hook/linux.go.txt, mapauditInit. */
const MOST_PS = 256;
const MOST_STRIDE = 1 << 12;

/** What a recorder (MAPAUDIT=record=last:N) has left of a process. */
export interface Recording {
  readonly pid: number;
  /** Path of the program, as it saw it. */
  readonly exe: string;
  /** Where its code lay. */
  readonly text: Addr;
  /** It stopped recording because the runtime was about to end the program; otherwise it runs, or was killed. */
  readonly crashed: boolean;
  /** The goroutine that the runtime ended it for; 0 when there was none. */
  readonly crashGoid: number;
  /**
   * The header of the map that this goroutine worked on last, from callers that count; undefined when it did not crash,
   * or nothing of it is left.
   */
  crashMap(counts: (caller: Addr) => boolean): Addr | undefined;
  /** When it began: nanoseconds of CLOCK_MONOTONIC. */
  readonly startNs: bigint;
  /** The time in which it gave way to readers, which had only what they asked for recorded; without `toNs`, to the end. */
  readonly lent?: { readonly fromNs: bigint; readonly toNs?: bigint };
  /** Rings of Ps that could not be read, since the file is cut off or damaged, and how many there should be. */
  readonly rings: { readonly unread: number; readonly all: number };
  /** Operations that are in no ring: of Ps beyond those that there were at the start. */
  readonly outside: number;
  /** Hands over all records once, P by P. */
  readonly probe: RunningProbe;
}

/** What a file holds: what the hook has left, or a copy. Errors: `no-recording`, `damaged-recording`. */
export function recordingIn(file: ByteSource): Recording {
  const head = file.read(0, PS_AT);
  const words = head === undefined ? undefined : viewOf(head);
  if (words?.getBigUint64(HEADER.magic, true) !== MAGIC || words.getUint32(HEADER.version, true) !== VERSION)
    throw noRecording(file.name, 'this is no file of the hook');
  if (words.getUint32(HEADER.base, true) === 0)
    throw noRecording(file.name, 'the program was not started with MAPAUDIT=record=last:N');
  const { slots, stride, ps } = shapeOf(words) ?? damaged(file.name);
  const rings = Array.from({ length: ps }, (_, p) => {
    const each = bytesOfP(slots, stride);
    const bytes = file.read(PS_AT + p * each, each);
    return bytes === undefined ? undefined : chunkOf(bytes, slots, stride);
  });
  const chunks = rings.filter((chunk) => chunk !== undefined);
  const ticks = ticksOf(words);
  convert(chunks, words, ticks);
  const lent = lentIn(words, ticks);
  const crashed = words.getUint32(HEADER.crashed, true) !== 0;
  const crashGoid = Number(words.getBigUint64(HEADER.crashGoid, true));
  const length = Math.min(Number(words.getBigUint64(HEADER.exeLength, true)), 512);
  return {
    pid: Number(words.getBigUint64(HEADER.pid, true)),
    exe: new TextDecoder().decode(head?.subarray(HEADER.exe, HEADER.exe + length)),
    text: addr(Number(words.getBigUint64(HEADER.text, true))),
    crashed,
    crashGoid,
    crashMap: (counts) => {
      // A reader that was there had other operations left out, the last one maybe; it may be in a ring that is missing, too.
      const knows = (lent === undefined || lent.toNs !== undefined) && chunks.length === ps;
      return crashed && crashGoid > 0 && knows ? lastMapOf(chunks, crashGoid, counts) : undefined;
    },
    startNs: words.getBigInt64(HEADER.firstNanos, true),
    ...(lent === undefined ? {} : { lent }),
    rings: { unread: ps - chunks.length, all: ps },
    outside: HOOK_SITES.reduce(
      (sum, { index }) => sum + Number(words.getBigUint64(HEADER.outsideOf + 8 * index, true)),
      0,
    ),
    probe: replay(chunks),
  };
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** How large the rings are; undefined where that is not what the hook makes, or contradicts itself. */
function shapeOf(header: DataView): SharedShape | undefined {
  const [slots = 0, stride = 0, ps = 0] = [HEADER.slots, HEADER.stride, HEADER.ps].map((at) =>
    header.getUint32(at, true),
  );
  const isPowerOfTwo = slots > 0 && (slots & (slots - 1)) === 0;
  const isStride = stride % 64 === 0 && stride >= RECORD_HEAD && stride <= MOST_STRIDE;
  const isAll = header.getBigUint64(HEADER.size, true) === BigInt(PS_AT + ps * bytesOfP(slots, stride));
  return isPowerOfTwo && isStride && isAll && ps > 0 && ps <= MOST_PS ? { slots, stride, ps } : undefined;
}

/**
 * The records of one P, oldest first; undefined where it has had more than there can be. The oldest of a full ring may
 * be half overwritten: it is left out.
 */
function chunkOf(part: Uint8Array, slots: number, stride: number): RingChunk | undefined {
  const words = viewOf(part);
  const head = Number(words.getBigUint64(P.head, true));
  if (!Number.isSafeInteger(head)) return undefined;
  const count = Math.min(head, slots - 1);
  const bytes = part.subarray(bytesOfP(0, 0));
  const [offsets, lengths] = [new Uint32Array(count), new Uint32Array(count)];
  let kept = 0;
  for (let i = head - count; i < head; i++) {
    const at = (i % slots) * stride;
    const record = bytesOfP(0, 0) + at;
    const sane =
      words.getUint16(record + RECORD.probe, true) < EXIT_BASE + HOOK_SITES.length &&
      words.getUint8(record + RECORD.frameCount) <= MAX_FRAMES &&
      words.getUint16(record + RECORD.keyStored, true) <= KEY_AREA;
    if (!sane) continue;
    offsets[kept] = at;
    lengths[kept++] = words.getUint8(record + RECORD.kind) === RECORD_EXIT ? EXIT_RECORD : stride;
  }
  return { bytes, offsets, lengths, count: kept };
}

/** The program has stamped both clocks at its start, and at its end or some time before. */
function ticksOf(header: DataView): Ticks {
  const ticks = new Ticks();
  const stamp = (t: number, n: number): void =>
    ticks.stamp(header.getBigInt64(t, true), header.getBigInt64(n, true));
  stamp(HEADER.firstTicks, HEADER.firstNanos);
  stamp(HEADER.ackTicks, HEADER.ackNanos);
  return ticks;
}

function lentIn(header: DataView, ticks: Ticks): Recording['lent'] {
  const [from, to] = [HEADER.lentAt, HEADER.returnedAt].map((at) => header.getBigInt64(at, true));
  if (from === undefined || from === 0n) return undefined;
  return { fromNs: ticks.nanos(from), ...(to === undefined || to === 0n ? {} : { toNs: ticks.nanos(to) }) };
}

/** Ticks become nanoseconds. */
function convert(chunks: readonly RingChunk[], header: DataView, ticks: Ticks): void {
  const pid = Number(header.getBigUint64(HEADER.pid, true));
  for (const { bytes, offsets, count } of chunks) {
    const words = viewOf(bytes);
    for (const offset of offsets.subarray(0, count)) {
      const at = offset + RECORD.time;
      words.setBigInt64(at, ticks.nanos(words.getBigInt64(at, true)), true);
      words.setUint32(offset + RECORD.pid, pid, true);
    }
  }
}

function lastMapOf(
  chunks: readonly RingChunk[],
  goid: number,
  counts: (caller: Addr) => boolean,
): Addr | undefined {
  let [last, map] = [0n, 0];
  for (const { bytes, offsets, count } of chunks) {
    const words = viewOf(bytes);
    for (const at of offsets.subarray(0, count)) {
      const time = words.getBigUint64(at + RECORD.time, true);
      if (Number(words.getBigUint64(at + RECORD.goid, true)) !== goid || time < last) continue;
      if (!counts(addr(Number(words.getBigUint64(at + RECORD.caller, true))))) continue;
      [last, map] = [time, Number(words.getBigUint64(at + RECORD.map, true))];
    }
  }
  return map === 0 ? undefined : addr(map);
}

/** A probe that has seen everything already. */
function replay(chunks: readonly RingChunk[]): RunningProbe {
  let left = chunks;
  const nothing = (): void => undefined;
  return {
    attachMs: 0,
    fill: 0,
    drain(consume) {
      for (const chunk of left) consume(chunk);
      left = [];
      return 2n ** 63n - 1n;
    },
    lost: () => 0,
    siteCounts: () => [],
    counters: () => [],
    loadBias: () => undefined,
    detach: nothing,
    setKeyPlans: nothing,
    setVerdict: nothing,
    setSampling: nothing,
    close: nothing,
  };
}

function damaged(path: string): never {
  throw new MapauditError(
    'damaged-recording',
    `${path}: it does not have the size that its head names, or is damaged`,
    {
      hint: 'Copy the file that the program has left anew: /dev/shm/mapaudit.PID.',
    },
  );
}

/** The error of all that is no recording. */
export const noRecording = (path: string, why: string): MapauditError =>
  new MapauditError('no-recording', `${path}: ${why}`, {
    hint: 'Build with mapaudit go build and start with MAPAUDIT=record=last:1000.',
  });
