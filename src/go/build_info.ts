import { MapauditError } from '../base/errors.ts';
import { corrupt, view } from '../binary/elf/bounded_reader.ts';
import { type ElfFile, foreignSystem, PT_LOAD } from '../binary/elf/elf_file.ts';
import { imageOf } from '../binary/elf/image.ts';
import { readSymbols } from '../binary/elf/symbols.ts';
import type { GoVersion } from '../model/go_version.ts';
import { parseGoVersion } from './version_text.ts';
import { OLDEST_KNOWN_MINOR } from './versions/runtime_offsets.ts';
import { tooNew } from './versions/too_new.ts';

/** What `go version -m` prints. */
export interface BuildInfo {
  readonly version: GoVersion;
  /** Path of the main package: `example.com/shop/cmd/shop`. */
  readonly path: string | undefined;
  /** Path of the main module. */
  readonly module: string | undefined;
  /** `-race`, `CGO_ENABLED`, `vcs.revision`, … */
  readonly settings: ReadonlyMap<string, string>;
}

/** go1.18–1.27 src/debug/buildinfo/buildinfo.go. */
const MAGIC = '\xff Go buildinf:';
const HEADER = 32;
const INLINE_STRINGS = 2;
const MAX_TEXT = 1 << 22;
const MAX_VERSION = 1 << 10;
const SENTINEL = 16;

/**
 * Reads the build information. Errors: `not-go`, `gccgo`, `tinygo`, `go-too-old`, `go-too-new`, `elf-corrupt`,
 * `elf-foreign-system`.
 */
export function readBuildInfo(elf: ElfFile): BuildInfo {
  const offset = findHeader(elf);
  if (offset === undefined) throw notGo(elf);
  const header = elf.source.read(offset, HEADER) ?? new Uint8Array(HEADER);
  if (((header[15] ?? 0) & INLINE_STRINGS) === 0)
    throw tooOld(elf, versionBehindPointer(elf, header) ?? 'go1.17 or older');
  const versionText = readVarintText(elf, offset + HEADER);
  const version = parseGoVersion(new TextDecoder().decode(versionText.bytes));
  if (version === undefined) throw notGo(elf);
  if (version.major !== 1) throw tooNew(version.text, 'programs', 'only those of Go 1 are');
  if (version.minor < OLDEST_KNOWN_MINOR) throw tooOld(elf, version.text);
  const modText = readVarintText(elf, versionText.end);
  const info = { version, ...parseModInfo(stripSentinels(modText.bytes)) };
  const system = info.settings.get('GOOS') ?? 'linux';
  // Android runs Linux.
  if (system !== 'linux' && system !== 'android') throw foreignSystem(elf.source.name, system);
  return info;
}

/** Offset of the header in the file. */
function findHeader(elf: ElfFile): number | undefined {
  const section = elf.section('.go.buildinfo');
  // Without section headers it is the first thing of the writable segment.
  const segment = elf.segments.find((s) => s.type === PT_LOAD && s.writable);
  const places = [section, segment].flatMap((p) => (p === undefined ? [] : [p.offset]));
  return places.find((offset) => {
    const bytes = elf.source.read(offset, HEADER);
    return bytes !== undefined && String.fromCharCode(...bytes.subarray(0, MAGIC.length)) === MAGIC;
  });
}

/** Up to Go 1.17 the header holds the address of a string header, and that the address of the text. */
function versionBehindPointer(elf: ElfFile, header: Uint8Array): string | undefined {
  if (header[14] !== 8) return undefined;
  const image = imageOf(elf);
  const string = image.read(wordAt(header, 16), 16);
  const length = string === undefined ? 0 : wordAt(string, 8);
  if (string === undefined || length > MAX_VERSION) return undefined;
  const text = new TextDecoder().decode(image.read(wordAt(string, 0), length));
  return parseGoVersion(text) === undefined ? undefined : text;
}

const wordAt = (bytes: Uint8Array, at: number): number => Number(view(bytes).getBigUint64(at, true));

/** A text behind its length. One that is cut off is an error: half a version would be another version. */
function readVarintText(elf: ElfFile, at: number): { bytes: Uint8Array; end: number } {
  let length = 0;
  let position = at;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = elf.source.read(position++, 1)?.[0];
    if (byte === undefined) throw corrupt(elf.source.name, at, 'the build information is cut off');
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const bytes = length > MAX_TEXT ? undefined : elf.source.read(position, length);
  if (bytes === undefined) throw corrupt(elf.source.name, at, 'the build information is cut off');
  return { bytes, end: position + length };
}

/** The module text stands between two 16-byte marks. */
function stripSentinels(bytes: Uint8Array): string {
  if (bytes.length < 2 * SENTINEL + 1 || bytes[bytes.length - SENTINEL - 1] !== 0x0a) return '';
  return new TextDecoder().decode(bytes.subarray(SENTINEL, bytes.length - SENTINEL));
}

function parseModInfo(text: string): Pick<BuildInfo, 'path' | 'module' | 'settings'> {
  const settings = new Map<string, string>();
  let path: string | undefined;
  let module: string | undefined;
  for (const line of text.split('\n')) {
    const [kind, first] = line.split('\t');
    if (kind === 'path') path = first;
    else if (kind === 'mod') module = first;
    else if (kind === 'build' && first !== undefined) {
      const end = first.indexOf('=');
      if (end > 0) settings.set(first.slice(0, end), first.slice(end + 1).replace(/^"(.*)"$/, '$1'));
    }
  }
  return { path, module, settings };
}

function tooOld(elf: ElfFile, version: string): MapauditError {
  return new MapauditError(
    'go-too-old',
    `${elf.source.name} was built with ${version}; mapaudit needs Go 1.18 or newer`,
    {
      fields: { version },
      hint: 'Build it with a newer Go.',
    },
  );
}

/** Says what the program is instead, where that can be told. */
function notGo(elf: ElfFile): MapauditError {
  const name = elf.source.name;
  const symbols = readSymbols(elf);
  const has = (test: (name: string) => boolean): boolean => symbols.some((s) => test(s.name));
  if (elf.section('.go_export') !== undefined || has((s) => s === '__go_init_main' || s === 'runtime_main'))
    return new MapauditError('gccgo', `${name} was built with gccgo, whose maps are another implementation`, {
      hint: 'Build it with the Go toolchain from go.dev.',
    });
  if (has((s) => s.startsWith('runtime.hashmap') || s.startsWith('tinygo_')))
    return new MapauditError(
      'tinygo',
      `${name} was built with TinyGo, whose maps are another implementation`,
      {
        hint: 'Build it with the Go toolchain from go.dev.',
      },
    );
  return new MapauditError('not-go', `${name} is not a Go program`, {
    hint: 'mapaudit ps lists the Go processes that run now.',
  });
}
