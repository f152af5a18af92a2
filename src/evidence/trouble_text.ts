import type { Trouble } from './section_reader.ts';

const n = (value: number): string => value.toLocaleString('en-US');

/** What could not be read, in a sentence without its full stop. */
export function troubleText(trouble: Trouble): string {
  switch (trouble.type) {
    case 'damaged':
      return `section ${n(trouble.sequence)} (${trouble.kind}, ${n(trouble.length)} bytes at ${n(trouble.at)}) is damaged and was left out`;
    case 'gap':
      return `${n(trouble.length)} bytes at ${n(trouble.at)} are damaged and were left out`;
    case 'missing':
      return trouble.from === trouble.to
        ? `section ${n(trouble.from)} is missing`
        : `sections ${n(trouble.from)} to ${n(trouble.to)} are missing`;
    case 'unknown':
      return `section ${n(trouble.sequence)} at ${n(trouble.at)} is of a kind (${n(trouble.kind)}) that this mapaudit does not know, and was left out`;
    case 'truncated': {
      const of = trouble.want === undefined ? '' : ` of ${n(trouble.want)}`;
      const kind = trouble.kind === undefined ? 'a section' : `a section (${trouble.kind})`;
      return trouble.at === 0
        ? `the file ends within its header: ${n(trouble.have)}${of} bytes are there`
        : `the file ends within ${kind}: ${n(trouble.have)}${of} bytes of it are there`;
    }
  }
}
