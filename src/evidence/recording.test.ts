import { describe, expect, it } from 'vitest';
import { SECTION_HEADER } from './format.ts';
import { RecordingWriter } from './recording_writer.ts';
import { aboutOf, readRecording, type RecordedPart } from './recording_reader.ts';
import { encodeSection, fileHeader } from './section_writer.ts';
import { ABOUT, eventLine, recordingBytes, windowAt } from './testing.ts';
import { troubleText } from './trouble_text.ts';
import { windowLine, windowOf } from './window_line.ts';

const { pieces, all } = await recordingBytes();

async function read(...chunks: Uint8Array[]): Promise<RecordedPart[]> {
  const parts: RecordedPart[] = [];
  for await (const part of readRecording('x.mapaudit', chunks)) parts.push(part);
  return parts;
}

const troubles = (parts: readonly RecordedPart[]): RecordedPart[] =>
  parts.filter(({ type }) => type !== 'lines');
const kinds = (parts: readonly RecordedPart[]): string[] =>
  parts.flatMap((part) => (part.type === 'lines' ? [part.kind] : []));
const events = (parts: readonly RecordedPart[]): unknown[] =>
  parts.flatMap((part) => (part.type === 'lines' && part.kind === 'events' ? part.lines : []));

describe('a whole file', () => {
  it('is read as it was written', async () => {
    const parts = await read(all);
    expect(kinds(parts)).toEqual([
      'about',
      ...['events', 'windows', 'events', 'windows', 'events', 'windows'],
      'summary',
      'index',
    ]);
    expect(troubles(parts)).toEqual([]);
    expect(events(parts)).toEqual([0, 1, 2, 3, 4, 5].map((i) => JSON.parse(eventLine(i)) as unknown));
  });

  it('may come byte by byte', async () => {
    expect(await read(...Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual(await read(all));
  });

  it('has an index that tells where sections lie', async () => {
    const index = (await read(all)).flatMap((part) =>
      part.type === 'lines' && part.kind === 'index' ? part.lines : [],
    )[0] as { sections: { at: number; stored: number; kind: string; from?: string; lines: number }[] };
    let at = 16;
    for (const [i, section] of index.sections.entries()) {
      expect([section.at, section.stored]).toEqual([at, pieces[i + 1]?.length]);
      at += section.stored;
    }
    expect(index.sections[1]).toMatchObject({
      kind: 'events',
      lines: 2,
      from: '2026-03-01T12:00:00.000000001Z',
    });
  });
});

it('keeps where the clock was set; files of before have none', () => {
  const set = { ...windowAt(1000, 3), clockSetMs: -5000 };
  expect(windowLine(set)).toMatchObject({ clock_set_ms: -5000 });
  expect(windowOf(windowLine(set))).toEqual(set);
  expect(windowOf(windowLine(windowAt(1000, 3)))).not.toHaveProperty('clockSetMs');
  expect(windowOf({ ...windowLine(set), clock_set_ms: 'no number' })).toEqual(windowAt(1000, 3));
});

it('writes many events into several sections', async () => {
  const writer = new RecordingWriter();
  const pieces = await writer.begin(ABOUT);
  const lines = Array.from({ length: 5000 }, (_, i) => eventLine(i));
  writer.events(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  expect(writer.isFull).toBe(true);
  const sections = await writer.flush();
  expect(sections.length).toBeGreaterThan(5);
  const parts = await read(...pieces, ...sections);
  expect(events(parts)).toEqual(lines.map((line) => JSON.parse(line) as unknown));
});

describe('a file that ends anywhere', () => {
  it('gives all that is before, and says what is missing', async () => {
    const ends = pieces.map((_, i) => pieces.slice(0, i + 1).reduce((sum, piece) => sum + piece.length, 0));
    for (let length = 1; length < all.length; length += length < 800 ? 1 : 7) {
      const parts = await read(all.subarray(0, length));
      const whole = ends.filter((end) => end <= length).length - 1;
      expect(kinds(parts)).toHaveLength(Math.max(0, whole));
      const isAtEdge = ends.includes(length);
      expect(troubles(parts)).toHaveLength(isAtEdge ? 0 : 1);
      if (isAtEdge) continue;
      const [trouble] = troubles(parts);
      const begin = [0, ...ends].filter((end) => end <= length).at(-1) ?? 0;
      expect(trouble).toMatchObject({ type: 'truncated', at: begin, have: length - begin });
      const want = (ends.find((end) => end > length) ?? 0) - begin;
      if (length < 16 || length - begin >= SECTION_HEADER) expect(trouble).toMatchObject({ want });
    }
  });
});

describe('a file with damage', () => {
  it('is read but for the section that is hit', async () => {
    const first = pieces[0]?.length ?? 0;
    for (let at = first; at < all.length; at += 5) {
      const bytes = Buffer.from(all);
      bytes[at] = (bytes[at] ?? 0) ^ 0x40;
      const parts = await read(bytes);
      expect(kinds(parts).length).toBe(pieces.length - 2);
      expect(troubles(parts).length).toBeGreaterThanOrEqual(1);
    }
  });

  it('names the section', async () => {
    const bytes = Buffer.from(all);
    const at = 16 + (pieces[1]?.length ?? 0);
    bytes[at + SECTION_HEADER + 5] = (bytes[at + SECTION_HEADER + 5] ?? 0) ^ 1;
    const [trouble] = troubles(await read(bytes));
    expect(trouble).toEqual({ type: 'damaged', kind: 'events', sequence: 1, at, length: pieces[2]?.length });
  });

  it('finds its way behind a hole, and says which sections were in it', async () => {
    const [head, about, hit, lost] = pieces;
    const hole = Buffer.alloc((hit?.length ?? 0) + (lost?.length ?? 0), 7);
    const parts = await read(Buffer.concat([head ?? hole, about ?? hole, hole, ...pieces.slice(4)]));
    expect(troubles(parts)).toEqual([
      { type: 'gap', at: 16 + (about?.length ?? 0), length: hole.length },
      { type: 'missing', from: 1, to: 2 },
    ]);
    expect(events(parts)).toHaveLength(4);
  });

  it('knows a marker within a section from a section', async () => {
    const text = Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.from([0xa7, 0x53, 0x45, 0x43]),
      Buffer.from('"}'),
    ]);
    const section = await encodeSection('run', 1, text);
    section[4] = 0xee; // its header no longer fits
    const parts = await read(Buffer.concat([...pieces.slice(0, 2), section, ...pieces.slice(2)]));
    expect(kinds(parts)).toHaveLength(pieces.length - 1);
    expect(troubles(parts)).toMatchObject([{ type: 'gap', length: section.length }]);
  });
});

describe('what is no evidence file', () => {
  it.each([
    ['text', Buffer.from('{"type":"event"}\n')],
    ['nothing', Buffer.alloc(0)],
    ['a gzip file', Buffer.from([0x1f, 0x8b, 8, 0])],
    ['one that was sent as text', Buffer.from(all.toString('latin1').replace('\r\n', '\n'), 'latin1')],
    [
      'a damaged header',
      Buffer.concat([Buffer.from(all.subarray(0, 12)), Buffer.alloc(4), all.subarray(16)]),
    ],
  ])('is refused: %s', async (_name, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'not-evidence' });
  });

  it('is told from a later version', async () => {
    await expect(read(fileHeader(2, 3))).rejects.toMatchObject({
      code: 'evidence-too-new',
      fields: { version: '2.3' },
    });
    expect(troubles(await read(fileHeader(1, 9), all.subarray(16)))).toEqual([]);
  });

  it('holds kinds of sections of a later minor version, which are left out', async () => {
    const section = await encodeSection(99, 1, Buffer.from('{}\n'));
    const parts = await read(Buffer.concat([...pieces.slice(0, 2), section]));
    expect(troubles(parts)).toMatchObject([{ type: 'unknown', kind: 99 }]);
  });

  it('is not unpacked beyond what its header says', async () => {
    const section = await encodeSection('run', 1, Buffer.alloc(1 << 20, 0x20));
    new DataView(section.buffer).setUint32(16, 10, true);
    const { crc32 } = await import('node:zlib');
    new DataView(section.buffer).setUint32(24, crc32(section.subarray(0, 24)), true);
    expect(troubles(await read(Buffer.concat([...pieces.slice(0, 2), section])))).toMatchObject([
      { type: 'damaged', kind: 'run' },
    ]);
  });

  it('must say what it is about', () => {
    expect(aboutOf('x', ABOUT)).toBe(ABOUT);
    for (const line of [undefined, null, 1, {}, { ...ABOUT, recorded: {} }, { ...ABOUT, type: 'x' }])
      expect(() => aboutOf('x', line)).toThrow(expect.objectContaining({ code: 'evidence-damaged' }));
  });
});

describe('windows', () => {
  it('come back as they were', () => {
    const window = windowAt(5000, 3);
    expect(windowOf(JSON.parse(JSON.stringify(windowLine(window))))).toEqual(window);
  });

  it.each([
    null,
    1,
    {},
    { type: 'window' },
    { ...windowLine(windowAt(0, 1)), counts: 7 },
    { ...windowLine(windowAt(0, 1)), loss: null },
  ])('%j is none', (line) => {
    expect(windowOf(line)).toBeUndefined();
  });

  it('leave out counts that name nothing', () => {
    const line = { ...windowLine(windowAt(0, 1)), processes: [] };
    expect(windowOf(line)?.counts).toEqual([]);
  });
});

it('says troubles in words', () => {
  expect(
    [
      { type: 'damaged', kind: 'events', sequence: 3, at: 1000, length: 20 } as const,
      { type: 'gap', at: 1, length: 2 } as const,
      { type: 'missing', from: 1, to: 1 } as const,
      { type: 'missing', from: 1, to: 2 } as const,
      { type: 'unknown', kind: 9, sequence: 1, at: 2 } as const,
      { type: 'truncated', at: 0, have: 3, want: 16 } as const,
      { type: 'truncated', at: 16, have: 3 } as const,
      { type: 'truncated', at: 16, have: 30, want: 40, kind: 'events' } as const,
    ].map(troubleText),
  ).toMatchInlineSnapshot(`
    [
      "section 3 (events, 20 bytes at 1,000) is damaged and was left out",
      "2 bytes at 1 are damaged and were left out",
      "section 1 is missing",
      "sections 1 to 2 are missing",
      "section 1 at 2 is of a kind (9) that this mapaudit does not know, and was left out",
      "the file ends within its header: 3 of 16 bytes are there",
      "the file ends within a section: 3 bytes of it are there",
      "the file ends within a section (events): 30 of 40 bytes of it are there",
    ]
  `);
});
