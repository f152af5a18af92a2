import { MapauditError } from '../../base/errors.ts';
import { view } from '../elf/bounded_reader.ts';
import type { ElfFile, Section } from '../elf/elf_file.ts';
import { dwarfCorrupt } from './errors.ts';

/** Unpacks a zlib stream of at most `size` bytes; undefined when it is broken or longer. */
export type Inflate = (packed: Uint8Array, size: number) => Uint8Array | undefined;

/** The sections that are read, without their prefix. */
export type DebugName =
  | 'abbrev'
  | 'addr'
  | 'info'
  | 'line_str'
  | 'loc'
  | 'loclists'
  | 'ranges'
  | 'rnglists'
  | 'str'
  | 'str_offsets';

/** More than any program has; a file that claims more is broken. */
const MAX_BYTES = 2 ** 30;
/** Elf64_Chdr: kind u32, pad u32, size u64, alignment u64. */
const CHDR = 24;
const ELFCOMPRESS_ZLIB = 1;
/** `ZLIB` and the size as a big-endian u64: how .zdebug_ sections begin. */
const ZDEBUG = 12;
const ZLIB = 0x5a4c4942;
const NONE = new Uint8Array(0);

/** The sections with debug information, each unpacked when it is first asked for. */
export class DebugSections {
  readonly #elf: ElfFile;
  readonly #inflate: Inflate;
  readonly #read = new Map<DebugName, Uint8Array>();

  constructor(elf: ElfFile, inflate: Inflate) {
    this.#elf = elf;
    this.#inflate = inflate;
  }

  /** True when the file has a section of that name, packed or not. */
  has(name: DebugName): boolean {
    return this.#find(name) !== undefined;
  }

  /** The unpacked bytes; empty when there is no such section. Errors: `dwarf-corrupt`, `dwarf-unsupported`. */
  bytes(name: DebugName): Uint8Array {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const section = this.#find(name);
    const bytes = section === undefined ? NONE : this.#unpack(section);
    this.#read.set(name, bytes);
    return bytes;
  }

  #find(name: DebugName): Section | undefined {
    return this.#elf.section(`.debug_${name}`) ?? this.#elf.section(`.zdebug_${name}`);
  }

  #unpack(section: Section): Uint8Array {
    if (section.size > MAX_BYTES) throw dwarfCorrupt(section.name, 0, `${section.size} bytes`);
    const bytes = this.#elf.source.read(section.offset, section.size);
    if (bytes === undefined) throw dwarfCorrupt(section.name, 0, 'the file ends before it');
    if (section.compressed) return this.#fromHeader(section.name, bytes);
    if (section.name.startsWith('.zdebug_')) return this.#fromZdebug(section.name, bytes);
    return bytes;
  }

  #fromHeader(name: string, bytes: Uint8Array): Uint8Array {
    if (bytes.length < CHDR) throw dwarfCorrupt(name, 0, 'it is cut off');
    const words = view(bytes);
    const kind = words.getUint32(0, true);
    if (kind !== ELFCOMPRESS_ZLIB)
      throw new MapauditError(
        'dwarf-unsupported',
        `${name} is compressed in way ${kind}; zlib is understood`,
        {
          hint: 'Build without -compressdebugsections=zstd, or run: objcopy --decompress-debug-sections',
          fields: { section: name },
        },
      );
    return this.#inflated(name, bytes.subarray(CHDR), Number(words.getBigUint64(8, true)));
  }

  #fromZdebug(name: string, bytes: Uint8Array): Uint8Array {
    if (bytes.length < ZDEBUG || view(bytes).getUint32(0, false) !== ZLIB)
      throw dwarfCorrupt(name, 0, 'it does not begin with ZLIB');
    return this.#inflated(name, bytes.subarray(ZDEBUG), Number(view(bytes).getBigUint64(4, false)));
  }

  #inflated(name: string, packed: Uint8Array, size: number): Uint8Array {
    if (size > MAX_BYTES) throw dwarfCorrupt(name, 0, `${size} bytes unpacked`);
    const bytes = size === 0 ? NONE : this.#inflate(packed, size);
    if (bytes?.length !== size) throw dwarfCorrupt(name, 0, `it does not unpack to ${size} bytes`);
    return bytes;
  }
}
