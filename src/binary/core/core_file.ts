import { MapauditError } from '../../base/errors.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import { view } from '../elf/bounded_reader.ts';
import { machineName } from '../elf/machines.ts';
import { coreCorrupt } from './errors.ts';
import { notesIn } from './notes.ts';
import {
  auxvOf,
  type CoreMapping,
  type CoreThread,
  mappingsOf,
  NOTE,
  processOf,
  threadOf,
} from './process_notes.ts';

/** A range of the process's memory, and where the file holds its beginning. */
export interface CoreSegment {
  readonly start: number;
  /** The first address behind it. */
  readonly end: number;
  readonly offset: number;
  /** Bytes of it that the file should hold: the kernel leaves out what it deems to be had from elsewhere. */
  readonly held: number;
  readonly writable: boolean;
}

/** What a core dump of an x86-64 Linux process says. */
export interface CoreFile {
  readonly source: ByteSource;
  /** In the order of addresses, none overlapping another; of user space alone. */
  readonly segments: readonly CoreSegment[];
  /** Undefined where the core does not tell. */
  readonly process: { readonly pid: number; readonly command: string } | undefined;
  readonly threads: readonly CoreThread[];
  readonly mappings: readonly CoreMapping[];
  /** elf.h AT_*. */
  readonly auxv: ReadonlyMap<number, number>;
  /** The file ends before what its headers name. */
  readonly cutOff: boolean;
}

const ET_CORE = 4;
const EM_X86_64 = 62;
const PT_LOAD = 1;
const PT_NOTE = 4;
const PF_W = 2;
const PROGRAM_HEADER = 56;
/** e_phnum of a file with so many segments that sh_info of the first section header tells (elf.h). */
const PN_XNUM = 0xffff;
/** Linux allows 65530 mappings by default (vm.max_map_count); some raise it. */
const MAX_SEGMENTS = 1 << 24;
const MAX_NOTES = 1 << 28;
/** User space ends here; above is the vsyscall page, which cores name too. */
const END = 2 ** 47;

/**
 * Reads the headers and notes of a core dump. What the file does not hold because it was cut off is found out
 * when it is read. Errors: `core-not-core`, `core-compressed`, `core-foreign-machine`, `core-corrupt`.
 */
export function parseCore(source: ByteSource): CoreFile {
  checkIdentity(source);
  const threads: CoreThread[] = [];
  const segments: CoreSegment[] = [];
  let mappings: readonly CoreMapping[] = [];
  let auxv: ReadonlyMap<number, number> = new Map();
  let process: CoreFile['process'];
  let cutOff = false;
  for (const header of programHeaders(source)) {
    cutOff ||= header.held > 0 && source.read(header.offset + header.held - 1, 1) === undefined;
    if (header.type === PT_LOAD && header.end <= END) segments.push(header);
    if (header.type !== PT_NOTE) continue;
    if (header.held > MAX_NOTES)
      throw coreCorrupt(source.name, header.offset, `notes of ${header.held} bytes`);
    const bytes = source.read(header.offset, header.held)?.slice();
    // gcore writes them last: in a file that was cut off they may be missing, while memory is there.
    if (bytes === undefined) continue;
    for (const note of notesIn(bytes, header.offset, source.name)) {
      if (note.owner !== 'CORE') continue;
      if (note.type === NOTE.prstatus) threads.push(threadOf(note, source.name));
      else if (note.type === NOTE.prpsinfo) process = processOf(note, source.name);
      else if (note.type === NOTE.auxv) auxv = auxvOf(note);
      else if (note.type === NOTE.file) mappings = mappingsOf(note, source.name);
    }
  }
  return { source, segments: inOrder(segments, source.name), process, threads, mappings, auxv, cutOff };
}

/** First bytes of what cores are compressed with, and what undoes it. */
const COMPRESSED: readonly (readonly [string, string])[] = [
  ['28b52ffd', 'zstd -d'],
  ['04224d18', 'lz4 -d'],
  ['fd377a58', 'xz -d'],
  ['1f8b', 'gzip -d'],
];

function checkIdentity(source: ByteSource): void {
  const { name } = source;
  const head = source.read(0, 64);
  const start = Buffer.from(head ?? source.read(0, 4) ?? []).toString('hex');
  const packed = COMPRESSED.find(([magic]) => start.startsWith(magic));
  if (packed !== undefined)
    throw new MapauditError('core-compressed', `${name} is compressed`, {
      hint: `Unpack it first: ${packed[1]} ${name}`,
    });
  if (!start.startsWith('7f454c46'))
    throw new MapauditError('core-not-core', `${name} is not a core dump`, {
      hint: 'A core dump of a running process is made by: gcore -o core PID.',
    });
  if (head === undefined) throw coreCorrupt(name, 0, 'the file ends within its header');
  const words = view(head);
  const [type, machine] = [words.getUint16(16, true), words.getUint16(18, true)];
  if (type !== ET_CORE)
    throw new MapauditError(
      'core-not-core',
      `${name} is not a core dump but ${type === 2 || type === 3 ? 'a program' : `an ELF file of type ${type}`}`,
      {
        hint: 'Give the core dump by --core, and the program that it is of by --exe.',
      },
    );
  if (head[4] !== 2 || machine !== EM_X86_64)
    throw new MapauditError(
      'core-foreign-machine',
      `${name} is of a process on ${machineName(machine)}; mapaudit reads those of x86-64`,
      {
        fields: { machine: machineName(machine) },
      },
    );
}

function* programHeaders(source: ByteSource): Generator<CoreSegment & { readonly type: number }> {
  const number = (at: number, size: 2 | 4 | 8): number => {
    const bytes = source.read(at, size);
    if (bytes === undefined) throw coreCorrupt(source.name, at, `${size} bytes are missing`);
    const words = view(bytes);
    if (size === 8) return Number(words.getBigUint64(0, true));
    return size === 4 ? words.getUint32(0, true) : words.getUint16(0, true);
  };
  const table = number(32, 8);
  const size = number(54, 2);
  const small = number(56, 2);
  const count = small === PN_XNUM ? number(number(40, 8) + 44, 4) : small;
  if (count > MAX_SEGMENTS || (count > 0 && size < PROGRAM_HEADER))
    throw coreCorrupt(source.name, 54, `${count} program headers of ${size} bytes`);
  for (let i = 0; i < count; i++) {
    const at = table + i * size;
    const bytes = source.read(at, PROGRAM_HEADER);
    if (bytes === undefined) throw coreCorrupt(source.name, at, `program header ${i} of ${count} is missing`);
    const words = view(bytes);
    const wide = (offset: number): number => Number(words.getBigUint64(offset, true));
    const [offset, start, held, memorySize] = [wide(8), wide(16), wide(32), wide(40)];
    const type = words.getUint32(0, true);
    // Addresses beyond 2^53 lose their last bits here, and are not of user space anyway.
    if (!Number.isSafeInteger(offset + held) || (start < END && start + memorySize > END))
      throw coreCorrupt(source.name, at, `program header ${i} claims ${memorySize} bytes`);
    if (type === PT_LOAD && held > memorySize)
      throw coreCorrupt(source.name, at, `segment ${i} holds ${held} bytes of ${memorySize}`);
    yield {
      type,
      start,
      end: start + memorySize,
      offset,
      held,
      writable: (words.getUint32(4, true) & PF_W) !== 0,
    };
  }
}

function inOrder(segments: CoreSegment[], name: string): readonly CoreSegment[] {
  const sorted = segments.filter((s) => s.end > s.start).sort((a, b) => a.start - b.start);
  sorted.forEach((segment, i) => {
    const next = sorted[i + 1];
    if (next !== undefined && next.start < segment.end)
      throw coreCorrupt(name, next.offset, 'two segments hold the same addresses');
  });
  return sorted;
}
