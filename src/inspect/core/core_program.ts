import { isMapauditError, MapauditError } from '../../base/errors.ts';
import { type BuildIds, buildIdsAt, sameBuild } from '../../binary/core/build_ids.ts';
import { type CoreFile, parseCore } from '../../binary/core/core_file.ts';
import { coreMemory } from '../../binary/core/core_memory.ts';
import { entryOf, exeMappingsOf } from '../../binary/core/exe_of.ts';
import { view } from '../../binary/elf/bounded_reader.ts';
import { type ElfFile, PT_LOAD } from '../../binary/elf/elf_file.ts';
import { biasOf } from '../../binary/elf/image.ts';
import { type DebugInfo, openDebugInfo } from '../../go/debug/debug_info.ts';
import { type GoBinary, openGoBinary } from '../../go/go_binary.ts';
import { type Bias, bias, fileAddr, toAddr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { Program } from '../place/program.ts';

/** A Go program as a core dump has it. Nothing of it changes any more. */
export interface CoreProgram extends Program {
  readonly core: CoreFile;
}

/** What a core program is made of. */
export interface CoreParts {
  readonly core: ByteSource;
  /** The program that the core is of: the core lacks its code, types and names. */
  readonly exe: ByteSource;
  readonly inflate: Parameters<typeof openDebugInfo>[1];
}

const PAGE = 4096;
/** e_entry: elf.h, Elf64_Ehdr. */
const ENTRY_FIELD = 24;

/**
 * Opens a core dump with its program. Errors: those of `parseCore` (`core-…`) and `openGoBinary`;
 * `core-other-exe` when the core is of another program or another build of it; `core-incomplete` when it
 * lacks what would tell.
 */
export function openCoreProgram({ core: source, exe, inflate }: CoreParts): CoreProgram {
  const core = parseCore(source);
  const binary = openGoBinary(exe);
  const bias = pairedBias(core, binary);
  const memory = coreMemory(core, (address, length) => constantBytes(binary.elf, address - bias, length));
  const types = binary.typeReader(memory, bias);
  let debug: { readonly info: DebugInfo | undefined } | undefined;
  return {
    core,
    binary,
    bias,
    memory,
    types,
    get debug() {
      debug ??= { info: debugOf(binary, inflate, types, bias) };
      return debug.info;
    },
  };
}

/** Undefined for a program that was linked without, or stripped. */
function debugOf(...parts: Parameters<typeof openDebugInfo>): DebugInfo | undefined {
  try {
    return openDebugInfo(...parts);
  } catch (error) {
    if (isMapauditError(error, 'no-dwarf')) return undefined;
    throw error;
  }
}

/** Bytes of segments that no process writes to, as far as the one that holds the address goes. */
function constantBytes(elf: ElfFile, address: number, length: number): Uint8Array | undefined {
  const segment = elf.segments.find(
    (s) => s.type === PT_LOAD && !s.writable && address >= s.address && address < s.address + s.fileSize,
  );
  if (segment === undefined) return undefined;
  return elf.read(fileAddr(address), Math.min(length, segment.address + segment.fileSize - address));
}

/** What the loader added to the program's addresses. Refuses a program that the core is not of. */
function pairedBias(core: CoreFile, binary: GoBinary): Bias {
  const { elf } = binary;
  const held = coreMemory(core);
  const [first] = exeMappingsOf(core);
  const inCore = first?.fileOffset === 0 ? buildIdsAt(held, first.start) : NO_IDS;
  const inFile = buildIdsAt(elf.source);
  const same = sameBuild(inCore, inFile);
  if (same === false) throw otherExe(core, binary, inCore, inFile);
  const found = loadBias(core, elf);
  if (found === undefined && core.cutOff && entryOf(core) === undefined) throw incomplete(core);
  if (found === undefined || found % PAGE !== 0) throw otherExe(core, binary, inCore, inFile);
  // Build ids can be left out when linking; the runtime's table of itself is in every core.
  const module = sameModule(held, binary, found);
  if (module === false) throw otherExe(core, binary, inCore, inFile);
  if (module === undefined) throw incomplete(core);
  return found;
}

const NO_IDS: BuildIds = { gnu: undefined, go: undefined };

/** By the place of the first instruction; where the core does not name it, by the file's mappings. */
function loadBias(core: CoreFile, elf: ElfFile): Bias | undefined {
  const entry = entryOf(core);
  const bytes = elf.source.read(ENTRY_FIELD, 8);
  if (entry === undefined || bytes === undefined) return biasOf(elf, core.mappings);
  const found = entry - Number(view(bytes).getBigUint64(0, true));
  return !elf.isPie && found !== 0 ? undefined : bias(found);
}

/** moduledata up to the bounds of the code: addresses and lengths of all of the program's tables. */
const MODULE_TABLES = 192;

/** Whether the runtime's description of itself is what the file says; undefined when the core lacks it. */
function sameModule(memory: ByteSource, binary: GoBinary, found: Bias): boolean | undefined {
  const inCore = memory.read(toAddr(binary.moduleData.address, found), MODULE_TABLES);
  const inFile = binary.read(binary.moduleData.address, MODULE_TABLES);
  if (inCore === undefined || inFile === undefined) return undefined;
  const [ours, theirs] = [view(inFile), view(inCore)];
  for (let at = 0; at < MODULE_TABLES; at += 8) {
    const [word, now] = [ours.getBigUint64(at, true), theirs.getBigUint64(at, true)];
    // A length, or an address that the loader moved.
    if (now !== word && now !== word + BigInt(found)) return false;
  }
  return true;
}

function otherExe(core: CoreFile, { elf }: GoBinary, inCore: BuildIds, inFile: BuildIds): MapauditError {
  const name = core.process?.command;
  const ids = [inCore, inFile].map(({ gnu, go }) => gnu ?? go);
  const [wanted, given] = ids;
  const detail =
    wanted !== undefined && given !== undefined && wanted !== given
      ? `: it is of build ${wanted}, the program is build ${given}`
      : '';
  return new MapauditError(
    'core-other-exe',
    `${core.source.name} is not a core of ${elf.source.name}${detail}`,
    {
      hint: `Give by --exe the very file that ran${name === undefined ? '' : ` (${name})`}, or one with the same build id.`,
      fields: { core: core.source.name, exe: elf.source.name },
    },
  );
}

function incomplete(core: CoreFile): MapauditError {
  const { name } = core.source;
  if (core.cutOff)
    return new MapauditError(
      'core-incomplete',
      `${name} was cut off before what tells where the program lies`,
      {
        hint: 'Copy it again; was the disk full, or ulimit -c too low?',
      },
    );
  return new MapauditError('core-incomplete', `${name} lacks the variables of the program`, {
    hint: 'Let /proc/PID/coredump_filter be 0x33, as it is by default.',
  });
}
