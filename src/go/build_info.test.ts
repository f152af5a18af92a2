import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../base/errors.ts';
import { parseElf } from '../binary/elf/elf_file.ts';
import { makeElf } from '../binary/elf/testing.ts';
import { bufferSource } from '../model/byte_source.ts';
import { readBuildInfo } from './build_info.ts';
import { flavourOf } from './flavour.ts';
import { Bytes } from './testing.ts';
import { parseGoVersion } from './version_text.ts';

const MARK = 'x'.repeat(16);
const MODULE =
  'path\texample.com/shop/cmd/shop\nmod\texample.com/shop\t(devel)\t\nbuild\t-race=true\nbuild\t-ldflags="-s -w"\n';

/** A length as Go's binary.PutUvarint writes it. */
function varint(n: number): string {
  return n < 0x80 ? String.fromCharCode(n) : String.fromCharCode((n & 0x7f) | 0x80) + varint(n >>> 7);
}

function header(flags: number, rest: string): string {
  return `\xff Go buildinf:\x08${String.fromCharCode(flags)}${'\0'.repeat(16)}${rest}`;
}

function read(section: string, name = '.go.buildinfo'): ReturnType<typeof readBuildInfo> {
  return readBuildInfo(parseElf(bufferSource(makeElf({ sections: { [name]: section } }))));
}

function outcomeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    if (!isMapauditError(error)) throw error;
    const { version } = error.fields;
    return version === undefined ? error.code : `${error.code}: ${String(version)}`;
  }
}

const codeOf = (section: string): string => String(outcomeOf(() => read(section))).replace(/:.*/, '');

/** A file that has nothing but one segment, which begins with the build information at offset 120. */
function withoutSections(section: string): Uint8Array {
  const bytes = makeElf({ sections: { '.go.buildinfo': section } });
  const words = new DataView(bytes.buffer);
  words.setBigUint64(40, 0n, true);
  words.setUint16(60, 0, true);
  words.setBigUint64(64 + 8, 120n, true);
  return bytes;
}

const version = (file: Uint8Array): string => readBuildInfo(parseElf(bufferSource(file))).version.text;

/** The header as it was up to Go 1.17: the addresses of two strings. */
const pointers = (version: number, modules: number): string =>
  new Bytes()
    .append(Buffer.from(header(0, '').slice(0, 16), 'latin1'))
    .u64(version, modules)
    .section();

const text = (s: string): string => varint(s.length) + s;

describe('readBuildInfo', () => {
  it('reads version, paths and settings', () => {
    const info = read(header(2, text('go1.26.8') + text(`${MARK}${MODULE}${MARK}`)));
    expect(info.version).toMatchObject({ text: 'go1.26.8', major: 1, minor: 26, patch: 8 });
    expect(info).toMatchObject({ path: 'example.com/shop/cmd/shop', module: 'example.com/shop' });
    expect([...info.settings]).toEqual([
      ['-race', 'true'],
      ['-ldflags', '-s -w'],
    ]);
  });

  it('needs no module text', () => {
    expect(read(header(2, text('go1.18') + text(''))).version.patch).toBe(0);
    expect(read(header(2, text('go1.22.1') + text('too short'))).path).toBeUndefined();
  });

  it('says of what came before 1.18 that it is too old', () => {
    expect(codeOf(header(0, '\0'.repeat(32)))).toBe('go-too-old');
    expect(codeOf(header(2, text('go1.17.13') + text('')))).toBe('go-too-old');
  });

  it('does not take anything else for Go', () => {
    expect(codeOf('no build information here, only text that is long enough')).toBe('not-go');
    expect(codeOf(header(2, text('gopher') + text('')))).toBe('not-go');
  });

  it('names other compilers by what they leave in a program', () => {
    const codeWith = (sections: Readonly<Record<string, string>>, symbols: readonly string[]): unknown =>
      outcomeOf(() => readBuildInfo(parseElf(bufferSource(makeElf({ sections, symbols })))));
    const text = { '.text': 'code' };
    expect(codeWith(text, ['main', 'memcpy'])).toBe('not-go');
    expect(codeWith({ ...text, '.go_export': 'v3;' }, [])).toBe('gccgo');
    expect(codeWith(text, ['main', '__go_init_main'])).toBe('gccgo');
    expect(codeWith(text, ['main', 'runtime.hashmapBinarySet'])).toBe('tinygo');
    // go1.18–1.27's own compiler has no such names; of TinyGo: src/runtime/asm_amd64.S.
    expect(codeWith(text, ['main', 'tinygo_longjmp'])).toBe('tinygo');
  });

  it('does not take half a version for a version', () => {
    // A length that reaches beyond the file.
    expect(codeOf(header(2, '\xff\xff\xff\x7fgo'))).toBe('elf-corrupt');
    const whole = withoutSections(header(2, text('go1.26.8') + text('')));
    const start = 120 + 32;
    for (let length = start; length < start + 9; length++)
      expect(outcomeOf(() => version(whole.slice(0, length)))).toBe('elf-corrupt');
    expect(version(whole.slice(0, start + 10))).toBe('go1.26.8');
  });

  it('reads it also where there are no section headers', () => {
    expect(version(withoutSections(header(2, text('go1.22.12') + text(''))))).toBe('go1.22.12');
  });

  it('says which release before 1.18 it is, behind the pointers that they had', () => {
    const at = (name: string, sections: Readonly<Record<string, string>>): number =>
      parseElf(bufferSource(makeElf({ sections }))).section(name)?.address ?? 0;
    const place = { '.go.buildinfo': pointers(0, 0), '.data': 'x'.repeat(48) };
    const data = at('.data', place);
    const string = new Bytes()
      .u64(data + 16, 9)
      .text('go1.16.15')
      .section();
    const old = { '.go.buildinfo': pointers(data, 0), '.data': string };
    expect(outcomeOf(() => readBuildInfo(parseElf(bufferSource(makeElf({ sections: old })))))).toBe(
      'go-too-old: go1.16.15',
    );
    for (const lost of [pointers(data + 4000, 0), pointers(data + 8, 0), pointers(0, 0)]) {
      const sections = { ...old, '.go.buildinfo': lost };
      expect(outcomeOf(() => readBuildInfo(parseElf(bufferSource(makeElf({ sections })))))).toBe(
        'go-too-old: go1.17 or older',
      );
    }
  });

  it('does not know another Go than the first', () => {
    expect(codeOf(header(2, text('go2.1.0') + text('')))).toBe('go-too-new');
  });
});

describe('versions', () => {
  it('are read as binaries write them', () => {
    expect(parseGoVersion('go1.24.13 X:noswissmap,nodwarf5')?.experiments).toEqual([
      'noswissmap',
      'nodwarf5',
    ]);
    expect(parseGoVersion('go1.27.4-X:mapsplitgroup')).toMatchObject({
      minor: 27,
      experiments: ['mapsplitgroup'],
    });
    expect(parseGoVersion('devel go1.27-abc123 Tue Jan 6')).toMatchObject({ minor: 27, patch: 0 });
    expect(parseGoVersion('gccgo (GCC) 12.2.0')).toBeUndefined();
  });

  it('tell how maps are made', () => {
    const flavour = (version: string, functions: readonly string[] = []): string => {
      const parsed = parseGoVersion(version);
      if (parsed === undefined) throw new Error(version);
      return flavourOf(parsed, (name) => functions.includes(name));
    };
    expect(flavour('go1.23.12')).toBe('classic');
    expect(flavour('go1.24.13')).toBe('swiss');
    expect(flavour('go1.25.8 X:noswissmap')).toBe('classic');
    expect(flavour('go1.24.0', ['runtime.hashGrow'])).toBe('classic');
    expect(flavour('go1.27.4-X:mapsplitgroup')).toBe('swiss-split');
  });
});
