/**
 * The form of an evidence file: a file header, then sections, each with a header of its own. docs/evidence.md
 * describes it for whoever writes another reader. All numbers are little-endian.
 */

/** As in PNG: a byte above 127, a name, and line ends that a transfer as text would change. */
export const MAGIC: Uint8Array = Uint8Array.of(0x89, 0x4d, 0x41, 0x50, 0x0d, 0x0a, 0x1a, 0x0a);

/** Readers refuse another major version; a minor one only adds kinds of sections and fields. */
export const MAJOR = 1;
export const MINOR = 1;

/** Magic, u16 major, u16 minor, u32 CRC32 of these twelve bytes. */
export const FILE_HEADER = 16;

/** Begins each section: what a reader looks for after damage. */
export const MARKER: Uint8Array = Uint8Array.of(0xa7, 0x53, 0x45, 0x43);

/**
 * Marker, u8 kind, u8 compression, u16 zero, u32 sequence number, u32 stored length, u32 raw length, u32 CRC32 of the
 * stored bytes, u32 CRC32 of the 24 bytes before.
 */
export const SECTION_HEADER = 28;

/** More than any writer makes: a length beyond it is damage. */
export const SECTION_MAX = 1 << 28;

/** What a section holds. Each is JSON lines in UTF-8. */
export const SECTION_KINDS = {
  /** One line: host, command, what was asked for. */
  about: 1,
  /** As `trace --json` prints them. */
  events: 2,
  windows: 3,
  /** As `grow --json` prints them. */
  growth: 4,
  /** As `race --json` prints them. */
  races: 5,
  /** Processes that joined, and notices, in the order in which they came. */
  run: 6,
  /** One line: the run's summary. */
  summary: 7,
  /** One line: where each section lies. The last section. */
  index: 8,
} as const;

export type SectionKind = keyof typeof SECTION_KINDS;

const NAMES = new Map<number, SectionKind>(
  Object.entries(SECTION_KINDS).map(([name, number]) => [number, name as SectionKind]),
);

/** Undefined for a kind of a later version. */
export const kindOf = (number: number): SectionKind | undefined => NAMES.get(number);

/** How the bytes of a section are stored: as they are, or as one gzip stream (RFC 1952). */
export const STORED = 0;
export const GZIP = 1;
