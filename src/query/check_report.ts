import { hex } from '../model/addr.ts';
import { buildIdOf } from '../binary/elf/notes.ts';
import { SHT_SYMTAB } from '../binary/elf/elf_file.ts';
import type { GoBinary } from '../go/go_binary.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import type { CheckBinary, CheckProcess, CheckReport, Requirement } from '../protocol/check_report.ts';
import { versionName } from './version_name.ts';

/** Puts the answer to `check` together. */
export function checkReport(
  binary: CheckBinary,
  plan: ProbePlan,
  requirements: readonly Requirement[],
  process?: CheckProcess,
): CheckReport {
  return {
    type: 'check',
    binary,
    ...(process === undefined ? {} : { process }),
    sites: plan.sites.map(({ function: name, op, role, address, instruction, emulated, why }) => ({
      function: name,
      op,
      role,
      address: hex(address),
      instruction,
      emulated,
      why,
    })),
    absent: plan.absent,
    requirements,
    ready: requirements.every((r) => r.met || r.optional === true),
  };
}

/** Facts about a binary for `check`. */
export function checkBinary(binary: GoBinary, path: string, size: number): CheckBinary {
  const { settings, module } = binary.buildInfo;
  const buildId = buildIdOf(binary.elf);
  const gcflags = settings.get('-gcflags') ?? '';
  return {
    path,
    size,
    go_version: versionName(binary.version),
    flavour: binary.flavour,
    ...(module === undefined || module === '' ? {} : { module }),
    ...(buildId === undefined ? {} : { build_id: buildId }),
    stripped: !binary.elf.sections.some((s) => s.type === SHT_SYMTAB),
    pie: binary.elf.isPie,
    ...(settings.has('CGO_ENABLED') ? { cgo: binary.elf.section('.interp') !== undefined } : {}),
    race: settings.get('-race') === 'true',
    ...(gcflags.includes('-N') ? { unoptimised: true } : {}),
  };
}
