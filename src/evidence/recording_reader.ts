import { MapauditError } from '../base/errors.ts';
import type { About } from './about.ts';
import type { SectionKind } from './format.ts';
import { type Section, SectionReader, type Trouble } from './section_reader.ts';

/** Lines of one section, parsed. */
export interface RecordedLines {
  readonly type: 'lines';
  readonly kind: SectionKind;
  readonly lines: readonly unknown[];
}

/** What reading comes upon. */
export type RecordedPart = RecordedLines | Trouble;

/** What of a section is to be parsed; others are only checked. */
export type Wanted = (kind: SectionKind) => boolean;

/**
 * Reads a recording from its bytes, in the order in which it was written. What cannot be read is told of, and reading
 * goes on behind it. Errors: those of `SectionReader`, `evidence-too-new`.
 */
export async function* readRecording(
  name: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  wanted: Wanted = () => true,
): AsyncGenerator<RecordedPart> {
  const reader = new SectionReader(name);
  for await (const chunk of chunks) for (const found of reader.push(chunk)) yield* partsOf(found, wanted);
  for (const found of reader.end()) yield* partsOf(found, wanted);
}

function* partsOf(found: Section | Trouble, wanted: Wanted): Generator<RecordedPart> {
  if (found.type !== 'section') yield found;
  else if (wanted(found.kind)) {
    const lines = linesOf(found.bytes);
    if (lines === undefined)
      yield {
        type: 'damaged',
        kind: found.kind,
        sequence: found.sequence,
        at: found.at,
        length: found.bytes.length,
      };
    else yield { type: 'lines', kind: found.kind, lines };
  }
}

/** Undefined for what is no JSON, although it is what was written. */
function linesOf(bytes: Uint8Array): unknown[] | undefined {
  const lines: unknown[] = [];
  try {
    for (const line of new TextDecoder().decode(bytes).split('\n'))
      if (line !== '') lines.push(JSON.parse(line));
  } catch {
    return undefined;
  }
  return lines;
}

/** The first section of a file. Error: `evidence-damaged`. */
export function aboutOf(name: string, line: unknown): About {
  const about = line as Partial<About> | null | undefined;
  const { recorded } = about ?? {};
  if (about?.type === 'evidence' && typeof about.began === 'string' && recorded !== undefined) {
    const { selection, filters, keys, sample, frames } = recorded;
    const isWhole =
      typeof selection === 'object' &&
      typeof filters === 'object' &&
      Array.isArray(filters.ops) &&
      typeof keys === 'object' &&
      Number.isFinite(sample) &&
      Number.isFinite(frames);
    if (isWhole) return about as About;
  }
  throw new MapauditError('evidence-damaged', `${name}: its first section does not say what it is about`, {
    hint: 'mapaudit record writes it first: this file was made by something else.',
    fields: { file: name },
  });
}
