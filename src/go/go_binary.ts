import { once } from '../base/once.ts';
import { type ElfFile, parseElf } from '../binary/elf/elf_file.ts';
import { imageOf } from '../binary/elf/image.ts';
import { addr, type Bias, bias, type FileAddr, type FileOffset, toAddr } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';
import type { GoVersion, MapFlavour } from '../model/go_version.ts';
import type { KeyPlan } from '../model/key_plan.ts';
import type { RuntimeOffsets } from '../model/probe_plan.ts';
import { type BuildInfo, readBuildInfo } from './build_info.ts';
import { flavourOf } from './flavour.ts';
import { type ModuleData, readModuleData } from './module_data.ts';
import { confirmNewer } from './newer.ts';
import { type Frame, framesAt } from './pclntab/frames.ts';
import { type GoFunction, Pclntab } from './pclntab/pclntab.ts';
import { keyPlanOfMap } from './types/key_plan.ts';
import { findMapTypes } from './types/map_types.ts';
import { TypeReader } from './types/type_reader.ts';
import { isNewer, knownMinor, runtimeOffsets } from './versions/runtime_offsets.ts';

/** Everything that mapaudit knows of one Go program, without running it. Addresses are those of the file. */
export interface GoBinary {
  readonly elf: ElfFile;
  readonly buildInfo: BuildInfo;
  readonly version: GoVersion;
  /** Newer than the releases whose tables are known: those of the newest one are taken. */
  readonly assumed: boolean;
  readonly flavour: MapFlavour;
  readonly offsets: RuntimeOffsets;
  readonly moduleData: ModuleData;
  /** Go's table of functions itself. */
  readonly table: Pclntab;
  /** The first function of that name. */
  functionNamed(name: string): GoFunction | undefined;
  functionAt(address: FileAddr): GoFunction | undefined;
  readCode(f: GoFunction): Uint8Array;
  read(address: FileAddr, length: number): Uint8Array | undefined;
  fileOffsetOf(address: FileAddr): FileOffset | undefined;
  /** The frames at an instruction, innermost first; for a return address ask with the address before it. */
  frames(pc: FileAddr): readonly Frame[];
  /** Bytes from the stack pointer up to the return address, at an instruction; undefined where Go does not say. */
  stackDepth(pc: FileAddr): number | undefined;
  /** Reads types in a process that runs this binary with this bias; without a process in the file itself. */
  typeReader(memory?: ByteSource, bias?: Bias): TypeReader;
  /** Descriptors of all map types. */
  mapTypes(): readonly FileAddr[];
  /** How to fetch the keys of all these types. */
  keyPlans(): readonly KeyPlan[];
}

/**
 * Opens a Go program. Errors: those of `parseElf` (`elf-…`), of `readBuildInfo` (`not-go`, `go-too-old`,
 * `gccgo`, `tinygo`), `no-pclntab`, `pclntab-corrupt`, `pclntab-unknown`, `no-moduledata`; of a release newer
 * than known instead of the last four `go-too-new`.
 */
export function openGoBinary(source: ByteSource): GoBinary {
  const elf = parseElf(source);
  const buildInfo = readBuildInfo(elf);
  const open = (): GoBinary => openWith(elf, buildInfo);
  return isNewer(buildInfo.version) ? confirmNewer(buildInfo.version, open) : open();
}

function openWith(elf: ElfFile, buildInfo: BuildInfo): GoBinary {
  const { version } = buildInfo;
  const table = new Pclntab(elf);
  const moduleData = readModuleData(elf, table.address, knownMinor(version));
  table.setText(moduleData.text);
  const flavour = flavourOf(version, (name) => table.functionNamed(name) !== undefined);
  const offsets = runtimeOffsets(version, flavour);
  const image = imageOf(elf);
  const rules = { version: { ...version, minor: knownMinor(version) }, flavour, offsets };
  const typeReader: GoBinary['typeReader'] = (memory = image, loadBias = bias(0)) => {
    const { types, etypes } = moduleData;
    return new TypeReader(
      memory,
      { types: toAddr(types, loadBias), etypes: toAddr(etypes, loadBias) },
      rules,
    );
  };
  const mapTypes = once(() => findMapTypes(image, moduleData));
  return {
    elf,
    buildInfo,
    version,
    assumed: isNewer(version),
    flavour,
    offsets,
    moduleData,
    table,
    functionNamed: (name) => table.functionNamed(name),
    functionAt: (address) => table.functionAt(address),
    readCode: (f) => elf.read(f.start, f.end - f.start) ?? new Uint8Array(0),
    read: (address, length) => image.read(address, length),
    fileOffsetOf: (address) => elf.fileOffsetOf(address),
    frames: (pc) => framesAt(table, image, moduleData.gofunc, pc),
    stackDepth(pc) {
      const record = table.record(pc);
      return record === undefined || record.pcsp === 0
        ? undefined
        : table.valueAt(record.pcsp, record.start, pc);
    },
    typeReader,
    mapTypes,
    keyPlans: once(() => {
      const reader = typeReader();
      return mapTypes().flatMap((type) => keyPlanOfMap(reader, addr(type)) ?? []);
    }),
  };
}
