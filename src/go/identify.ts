import { parseElf } from '../binary/elf/elf_file.ts';
import type { ByteSource } from '../model/byte_source.ts';
import type { GoVersion, MapFlavour } from '../model/go_version.ts';
import { readBuildInfo } from './build_info.ts';
import { flavourOf } from './flavour.ts';

/** What can be said of a Go program at a glance. */
export interface GoIdentity {
  readonly version: GoVersion;
  readonly flavour: MapFlavour;
}

/** Reads the build information and nothing else. Errors as `openGoBinary`. */
export function identifyGo(source: ByteSource): GoIdentity {
  const { version } = readBuildInfo(parseElf(source));
  return { version, flavour: flavourOf(version, () => false) };
}
