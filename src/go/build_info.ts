import { MapauditError } from '../base/errors.ts';
import { type ElfFile, PT_LOAD } from '../binary/elf/elf_file.ts';
import { readSymbols } from '../binary/elf/symbols.ts';
import type { GoVersion } from '../model/go_version.ts';
import { parseGoVersion } from './version_text.ts';
import { OLDEST_KNOWN_MINOR } from './versions/runtime_offsets.ts';

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
const SENTINEL = 16;

/** Reads the build information. Errors: `not-go`, `gccgo`, `tinygo`, `go-too-old`. */
export function readBuildInfo(elf: ElfFile): BuildInfo {
  const found = findHeader(elf);
  if (found === undefined) throw notGo(elf);
  const { bytes } = found;
  if (((bytes[15] ?? 0) & INLINE_STRINGS) === 0) throw tooOld(elf, 'go1.17 or older');
  const versionText = readVarintText(bytes, HEADER);
  const modText = readVarintText(bytes, versionText.end);
  const version = parseGoVersion(versionText.text);
  if (version === undefined) throw notGo(elf);
  if (version.major === 1 && version.minor < OLDEST_KNOWN_MINOR) throw tooOld(elf, version.text);
  return { version, ...parseModInfo(stripSentinels(modText.bytes)) };
}

function findHeader(elf: ElfFile): { readonly bytes: Uint8Array } | undefined {
  const section = elf.section('.go.buildinfo');
  // Without section headers it is the first thing of the writable segment.
  const segment = elf.segments.find((s) => s.type === PT_LOAD && s.writable);
  const places = [section, segment].flatMap((p) => (p === undefined ? [] : [p.offset]));
  for (const offset of places) {
    const bytes = readUpTo(elf, offset, MAX_TEXT);
    if (bytes !== undefined && String.fromCharCode(...bytes.subarray(0, MAGIC.length)) === MAGIC)
      return { bytes };
  }
  return undefined;
}

/** At most `length` bytes: fewer where the file ends. */
function readUpTo(elf: ElfFile, offset: number, length: number): Uint8Array | undefined {
  for (let n = length; n >= HEADER + 2; n = Math.floor(n / 2)) {
    const bytes = elf.source.read(offset, n);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

function readVarintText(bytes: Uint8Array, at: number): { bytes: Uint8Array; text: string; end: number } {
  let length = 0;
  let shift = 0;
  let position = at;
  for (; position < bytes.length && shift < 28; shift += 7) {
    const byte = bytes[position++] ?? 0;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const slice = bytes.subarray(position, position + length);
  return { bytes: slice, text: new TextDecoder().decode(slice), end: position + length };
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
  if (has((s) => s.startsWith('runtime.hashmap') || s === 'tinygo_scanCurrentStack'))
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
