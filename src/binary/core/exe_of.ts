import { cString } from '../elf/elf_file.ts';
import type { CoreFile, CoreSegment } from './core_file.ts';
import { coreMemory } from './core_memory.ts';
import type { CoreMapping } from './process_notes.ts';

/** elf.h. */
const AT_ENTRY = 9;
const AT_EXECFN = 31;
const MAX_PATH = 4096;

/** Where the program begins to run, as the kernel told it; undefined when the core does not say. */
export const entryOf = (core: CoreFile): number | undefined => core.auxv.get(AT_ENTRY);

/** The mappings of the program's own file, in the order of addresses. */
export function exeMappingsOf(core: CoreFile): readonly CoreMapping[] {
  const entry = entryOf(core);
  const own = core.mappings.find(({ start, end }) => entry !== undefined && entry >= start && entry < end);
  return own === undefined ? [] : core.mappings.filter(({ path }) => path === own.path);
}

/** Path of the program that the process ran, without the kernel's remark that it was deleted. */
export function exePathOf(core: CoreFile): string | undefined {
  const path = exeMappingsOf(core)[0]?.path ?? startedAs(core);
  return path?.replace(/ \(deleted\)$/, '');
}

/** The path by which the program was started. */
function startedAs(core: CoreFile): string | undefined {
  const at = core.auxv.get(AT_EXECFN);
  const segment = at === undefined ? undefined : core.segments.find((s) => at >= s.start && at < s.end);
  if (at === undefined || segment === undefined) return undefined;
  const bytes = coreMemory(core).read(at, Math.min(MAX_PATH, heldFrom(segment, at)));
  const path = bytes === undefined ? '' : cString(bytes, 0);
  return path === '' ? undefined : path;
}

const heldFrom = (segment: CoreSegment, at: number): number => Math.max(0, segment.start + segment.held - at);
