import type { ByteSource } from '../../model/byte_source.ts';
import { view } from '../elf/bounded_reader.ts';
import { notesIn } from './notes.ts';

/** The build ids of one program: each undefined where it has none, or where it cannot be read. */
export interface BuildIds {
  /** GNU's, in hexadecimal. */
  readonly gnu: string | undefined;
  /** Go's own text. */
  readonly go: string | undefined;
}

const PT_NOTE = 4;
const NT_GNU_BUILD_ID = 3;
/** go1.26 src/cmd/link/internal/ld/elf.go, ELF_NOTE_GOBUILDID_TAG. */
const NT_GO_BUILD_ID = 4;
const MAX_NOTES = 1 << 16;
const MAX_HEADERS = 1000;
const PROGRAM_HEADER = 56;

/**
 * The build ids of an ELF program whose header is at `base` of what is read: 0 of a file, or where a process
 * has mapped the file's beginning.
 */
export function buildIdsAt(source: ByteSource, base = 0): BuildIds {
  const ids: { gnu: string | undefined; go: string | undefined } = { gnu: undefined, go: undefined };
  const head = source.read(base, 64)?.slice();
  if (head === undefined || view(head).getUint32(0, false) !== 0x7f454c46) return ids;
  const words = view(head);
  const table = base + Number(words.getBigUint64(32, true));
  const count = Math.min(words.getUint16(56, true), MAX_HEADERS);
  const size = words.getUint16(54, true);
  for (let i = 0; i < count; i++) {
    const header = source.read(table + i * size, PROGRAM_HEADER)?.slice();
    if (header === undefined || view(header).getUint32(0, true) !== PT_NOTE) continue;
    const at = base + Number(view(header).getBigUint64(8, true));
    const length = Number(view(header).getBigUint64(32, true));
    const bytes = length > MAX_NOTES ? undefined : source.read(at, length)?.slice();
    if (bytes === undefined) continue;
    for (const { owner, type, content } of notesIn(bytes, at, source.name)) {
      if (owner === 'GNU' && type === NT_GNU_BUILD_ID) ids.gnu = Buffer.from(content).toString('hex');
      if (owner === 'Go' && type === NT_GO_BUILD_ID) ids.go = new TextDecoder().decode(content);
    }
  }
  return ids;
}

/** Whether they are of one build; undefined when there is nothing to compare. */
export function sameBuild(a: BuildIds, b: BuildIds): boolean | undefined {
  if (a.gnu !== undefined && b.gnu !== undefined) return a.gnu === b.gnu;
  if (a.go !== undefined && b.go !== undefined) return a.go === b.go;
  return undefined;
}
