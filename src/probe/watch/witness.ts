import { type Closable, CloseStack } from '../../base/dispose.ts';
import { MapauditError } from '../../base/errors.ts';
import type { RingChunk } from '../../model/ring_chunk.ts';
import { createMap, linkPerfEvent, loadProgram } from '../../sys/bpf.ts';
import type { Fd } from '../../sys/fd.ts';
import { parseElfObject } from '../kernel/object/elf_object.ts';
import { readObject } from '../kernel/object/read_object.ts';
import { mapDefinitions } from '../kernel/object/map_definitions.ts';
import { relocate } from '../kernel/object/relocate.ts';
import { RingReader } from '../kernel/ring.ts';
import { mapRing } from '../kernel/ring_memory.ts';
import { verifierError } from '../kernel/verifier_log.ts';
import type { Sample } from './sample.ts';

const OBJECT = 'bpf/watch.bpf.o';
/** bpf/watch.bpf.c, struct witness and its flags. */
const HAS_GOID = 1;
const HAS_WORD = 2;

/** What was seen in the trap of a hit. */
export interface Witness {
  readonly time: bigint;
  readonly goid?: number;
  /** The eight aligned bytes that the place is part of, as they were behind the write. */
  readonly word?: Uint8Array;
}

/**
 * An eBPF program that runs at each hit of the watchpoints that it is attached to, and sees what no sample of perf
 * has: goroutine and value. A sample whose witness found no room is not written, so that each sample has one; but
 * hits of the kernel have none.
 */
export class Witnesses implements Closable {
  readonly #program: Fd;
  readonly #ring: RingReader;
  readonly #goidOffset: number;
  readonly #closing: CloseStack;
  /**
   * Whether a hit's witness has its time before the sample takes its own, which depends on the kernel; learnt from
   * the first hit, of which nothing can be lost.
   */
  #isFirst: boolean | undefined;
  readonly #seen = new Map<string, Witness[]>();

  private constructor(program: Fd, ring: RingReader, goidOffset: number, closing: CloseStack) {
    this.#program = program;
    this.#ring = ring;
    this.#goidOffset = goidOffset;
    this.#closing = closing;
  }

  /** `goidOffset`: of runtime.g. Errors: those of the kernel's refusal to load eBPF. */
  static open(goidOffset: number): Witnesses {
    const closing = new CloseStack();
    try {
      const object = parseElfObject(readObject(OBJECT));
      const [definition] = mapDefinitions(object);
      if (definition === undefined) throw new MapauditError('broken-install', 'watch.bpf.o has no map');
      const map = closing.add(createMap(definition));
      const instructions = relocate(object, 'perf_event', () => map.number);
      const spec = { name: 'mapaudit_watch', instructions, license: 'GPL', multi: false, perfEvent: true };
      const program = closing.add(loadProgram(spec, (log) => verifierError('watch', log)));
      const ring = closing.add(new RingReader(mapRing(map, definition.maxEntries)));
      return new Witnesses(program, ring, goidOffset, closing);
    } catch (error) {
      closing.close();
      throw error;
    }
  }

  /** The link belongs to the caller. */
  attach(watchpoint: Fd): Fd {
    return linkPerfEvent(this.#program, watchpoint, this.#goidOffset);
  }

  /** Takes in what is there. */
  drain(): void {
    this.#ring.drain((chunk) => this.#take(chunk));
  }

  /** The witness of a sample. To be asked in the order of time, after a drain that came after the sample's. */
  of(sample: Sample): Witness | undefined {
    if (sample.kernel) return undefined;
    const waiting = this.#seen.get(keyOf(sample.address, sample.pc, sample.sp, sample.r14));
    const [first] = waiting ?? [];
    if (waiting === undefined || first === undefined) return undefined;
    this.#isFirst ??= first.time <= sample.time;
    // What else lies before it belongs to hits whose samples were lost.
    const later = waiting.findIndex((witness) => witness.time > sample.time);
    const end = later < 0 ? waiting.length : later;
    const gone = waiting.splice(0, end);
    return this.#isFirst ? gone.at(-1) : waiting.shift();
  }

  /** Samples of before this moment will not be asked about. */
  forget(before: bigint): void {
    for (const [key, waiting] of this.#seen) {
      while (waiting[0] !== undefined && waiting[0].time < before) waiting.shift();
      if (waiting.length === 0) this.#seen.delete(key);
    }
  }

  close(): void {
    this.#closing.close();
  }

  #take({ bytes, offsets, count }: RingChunk): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < count; i++) {
      const at = offsets[i] ?? 0;
      const word = (index: number): bigint => view.getBigUint64(at + 8 * index, true);
      const flags = Number(word(7));
      const key = keyOf(Number(word(1)), Number(word(2)), Number(word(3)), Number(word(4)));
      const witness: Witness = {
        time: word(0),
        ...((flags & HAS_GOID) === 0 ? {} : { goid: Number(word(5)) }),
        ...((flags & HAS_WORD) === 0 ? {} : { word: bytes.slice(at + 48, at + 56) }),
      };
      const waiting = this.#seen.get(key);
      if (waiting === undefined) this.#seen.set(key, [witness]);
      else waiting.push(witness);
    }
  }
}

/** Two threads never have the same stack pointer at the same time. */
const keyOf = (address: number, pc: number, sp: number, r14: number): string =>
  `${address} ${pc} ${sp} ${r14}`;
