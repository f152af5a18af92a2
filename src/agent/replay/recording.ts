import { createReadStream } from 'node:fs';
import { MapauditError } from '../../base/errors.ts';
import type { About } from '../../evidence/about.ts';
import type { SectionKind } from '../../evidence/format.ts';
import { aboutOf, readRecording, type RecordedPart } from '../../evidence/recording_reader.ts';
import { troubleText } from '../../evidence/trouble_text.ts';
import type { Trouble } from '../../evidence/section_reader.ts';
import type { Notice } from '../../protocol/notice.ts';

/** Of one file so many troubles are told one by one. */
const MOST_TOLD = 20;
const CHUNK = 1 << 20;

/** What a reader is given of a recording, in the order of the file. */
export type ReadPart =
  { readonly type: 'lines'; readonly kind: SectionKind; readonly lines: readonly unknown[] } | Notice;

/** An evidence file that is read from its beginning each time that it is asked for. */
export class Recording {
  readonly path: string;
  /** Absent where the file ends before it, or where it is damaged. */
  readonly about: About | undefined;

  private constructor(path: string, about: About | undefined) {
    this.path = path;
    this.about = about;
  }

  /** Errors: `no-such-file`, `not-evidence`, `evidence-too-new`, `evidence-damaged`. */
  static async open(path: string): Promise<Recording> {
    for await (const part of partsOf(path, (kind) => kind === 'about'))
      if (part.type === 'lines') return new Recording(path, aboutOf(path, part.lines[0]));
    return new Recording(path, undefined);
  }

  /** The sections of some kinds; what could not be read, and how the file ends, as notices. */
  async *read(kinds: readonly SectionKind[]): AsyncGenerator<ReadPart> {
    let told = 0;
    const ends = { hasSummary: false, hasIndex: false };
    for await (const part of partsOf(
      this.path,
      (kind) => kinds.includes(kind) || kind === 'summary' || kind === 'index',
    )) {
      if (part.type === 'lines') {
        if (part.kind === 'summary') ends.hasSummary = true;
        if (part.kind === 'index') ends.hasIndex = true;
        else yield part;
      } else if (told++ < MOST_TOLD) yield troubleNotice(this.path, part);
    }
    if (told > MOST_TOLD) yield moreTroubles(told - MOST_TOLD);
    if (!ends.hasSummary) yield noEnd(this.path);
    else if (!ends.hasIndex && told === 0) yield noEnd(this.path, 'index');
  }
}

async function* partsOf(path: string, wanted: (kind: SectionKind) => boolean): AsyncGenerator<RecordedPart> {
  const input = createReadStream(path, { highWaterMark: CHUNK });
  try {
    yield* readRecording(path, input as AsyncIterable<Uint8Array>, wanted);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw unreadable(path, error);
    throw error;
  } finally {
    input.destroy();
  }
}

const troubleNotice = (path: string, trouble: Trouble): Notice => ({
  type: 'notice',
  level: 'warning',
  code: trouble.type === 'truncated' ? 'evidence-truncated' : 'evidence-damaged',
  message: `${path}: ${troubleText(trouble)}`,
});

const moreTroubles = (count: number): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'evidence-damaged',
  message: `${count.toLocaleString('en-US')} more places of the file could not be read`,
});

const noEnd = (path: string, what = 'summary and index'): Notice => ({
  type: 'notice',
  level: 'warning',
  code: 'evidence-truncated',
  message: `${path} has no end: ${what} ${what === 'index' ? 'is' : 'are'} missing, and with them whatever was recorded last`,
  hint: 'mapaudit record was killed, or has not ended yet, or the file was cut. What is there is shown.',
});

function unreadable(path: string, cause: unknown): MapauditError {
  return new MapauditError('no-such-file', `${path} cannot be read`, {
    cause,
    hint: 'Name a file that mapaudit record -o FILE has written.',
    fields: { file: path },
  });
}
