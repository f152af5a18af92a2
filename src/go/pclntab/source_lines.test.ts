import { describe, expect, it } from 'vitest';
import { fileAddr } from '../../model/addr.ts';
import { bufferSource } from '../../model/byte_source.ts';
import { Pclntab } from './pclntab.ts';
import { linesOfFile, placesInlined } from './source_lines.ts';
import { elfWithTable, makePclntab, type TablePicture } from './testing.ts';

const TEXT = fileAddr(0x401000);
const GOFUNC = fileAddr(0x500000);

/** `main.outer` calls lib.small at line 11, and at line 14 lib.large, which calls lib.small at line 41. */
const picture = (layout: TablePicture['layout']): TablePicture => ({
  layout,
  files: ['/src/main.go', '/src/lib.go'],
  functions: [
    {
      name: 'main.outer',
      size: 0x50,
      files: [
        [0x10, 0],
        [0x20, 1],
        [0x30, 0],
        [0x50, 1],
      ],
      lines: [
        [0x08, 10],
        [0x10, 11],
        [0x20, 7],
        [0x30, 14],
        [0x40, 41],
        [0x50, 7],
      ],
      inlined: [
        [0x10, -1],
        [0x20, 0],
        [0x30, -1],
        [0x40, 1],
        [0x50, 2],
      ],
      calls: [
        { name: 'lib.small', parentPc: 0x0f },
        { name: 'lib.large', parentPc: 0x2f },
        { name: 'lib.small', parentPc: 0x3f },
      ],
    },
    { name: 'main.other', size: 0x10, files: [[0x10, 0]], lines: [[0x10, 3]] },
    { name: 'main.unknown', size: 0x10 },
  ],
});

describe.each(['go1.18', 'go1.20'] as const)('source lines by the table as since %s', (layout) => {
  const made = makePclntab(picture(layout));
  const table = new Pclntab(elfWithTable(made.table));
  table.setText(TEXT);
  const image = bufferSource(made.gofunc, 'gofunc', GOFUNC);
  const places = (name: string, limit = 10, bytes = image): string[] =>
    placesInlined(table, bytes, GOFUNC, (other) => other === name, limit).map(
      (frame) => `${frame.function} ${frame.file}:${frame.line}`,
    );

  it('has the lines of a file in order, of all functions that have code from it', () => {
    expect(linesOfFile(table, '/src/main.go')).toEqual([3, 10, 11, 14]);
    expect(linesOfFile(table, '/src/lib.go')).toEqual([7, 41]);
  });

  it('has none of a file that it does not know', () => {
    expect(linesOfFile(table, '/src/else.go')).toEqual([]);
  });

  it('has the places of inlined calls, also of those within another one', () => {
    expect(places('lib.small')).toEqual(['main.outer /src/main.go:11', 'lib.large /src/lib.go:41']);
    expect(places('lib.large')).toEqual(['main.outer /src/main.go:14']);
    expect(places('main.outer')).toEqual([]);
  });

  it('has no more of them than one asks for', () => {
    expect(places('lib.small', 1)).toHaveLength(1);
    expect(places('lib.small', 0)).toEqual([]);
  });

  it('makes up none where the inline tree cannot be read', () => {
    expect(places('lib.small', 10, bufferSource(new Uint8Array(8), 'gofunc', GOFUNC))).toEqual([]);
  });
});
