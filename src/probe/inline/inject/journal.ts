/** What stands before a payload, in the program's start code, while it is there. */
export interface Journal {
  /** Where trampolines go. */
  readonly code: number;
  readonly codeBytes: number;
  /** Where the program has the shared memory. */
  readonly shared: number;
  readonly sharedBytes: number;
}

/**
 * Before the shared memory lies a page of the process's own, which the kernel empties in a child of fork
 * (MADV_WIPEONFORK): there the trampolines do nothing, for the rings are its parent's. The two are unmapped together.
 */
export const OWN_BYTES = 4096;
/**
 * Words of that page: `here` is 1 in the process that mapaudit is attached to; from `ps` on the addresses of what belongs to
 * each P, at most `most`.
 */
export const OWN = { here: 0, ps: 8, most: OWN_BYTES / 8 - 1 } as const;
/** Where that page lies. */
export const ownOf = ({ shared }: Pick<Journal, 'shared'>): number => shared - OWN_BYTES;

/** "MAPAUDJ1" */
const MAGIC = 0x314a44554150414dn;
export const JOURNAL_BYTES = 40;

export function encodeJournal({ code, codeBytes, shared, sharedBytes }: Journal): Uint8Array {
  return words([MAGIC, BigInt(code), BigInt(codeBytes), BigInt(shared), BigInt(sharedBytes)]);
}

/** Undefined when these bytes are no journal of ours. */
export function decodeJournal(bytes: Uint8Array): Journal | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < JOURNAL_BYTES || view.getBigUint64(0, true) !== MAGIC) return undefined;
  const word = (i: number): number => Number(view.getBigUint64(8 * i, true));
  return { code: word(1), codeBytes: word(2), shared: word(3), sharedBytes: word(4) };
}

/** A site as the header of the trampolines has it. */
export interface PatchedSite {
  readonly address: number;
  readonly original: Uint8Array;
  readonly trampoline: number;
}

/** Begins the page of the trampolines: what is patched, for whoever has to undo it. */
export interface PatchHeader extends Journal {
  readonly sites: readonly PatchedSite[];
}

/** "MAPAUDH1" */
const HEADER_MAGIC = 0x314844554150414dn;
const SITE_BYTES = 48;
const SITES_AT = 64;
const ORIGINAL_MAX = 24;
/** Room for the header, before the first trampoline. */
export const HEADER_BYTES = 4096;

/** Without its magic: that is written last, when all the rest is there. */
export function encodeHeader(header: PatchHeader): { body: Uint8Array; magic: Uint8Array } {
  const bytes = new Uint8Array(HEADER_BYTES);
  const { code, codeBytes, shared, sharedBytes, sites } = header;
  if (sites.length > (HEADER_BYTES - SITES_AT) / SITE_BYTES) throw new Error('internal: too many sites');
  bytes.set(words([0n, BigInt(code), BigInt(codeBytes), BigInt(shared), BigInt(sharedBytes)]));
  const view = new DataView(bytes.buffer);
  view.setUint32(40, sites.length, true);
  sites.forEach(({ address, original, trampoline }, i) => {
    if (original.length > ORIGINAL_MAX) throw new Error('internal: too many bytes at a site');
    const at = SITES_AT + i * SITE_BYTES;
    view.setBigUint64(at, BigInt(address), true);
    view.setBigUint64(at + 8, BigInt(trampoline), true);
    view.setUint32(at + 16, original.length, true);
    bytes.set(original, at + 24);
  });
  return { body: bytes, magic: words([HEADER_MAGIC]) };
}

/** Undefined when these bytes are no header of ours. */
export function decodeHeader(bytes: Uint8Array): PatchHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getBigUint64(0, true) !== HEADER_MAGIC) return undefined;
  const word = (i: number): number => Number(view.getBigUint64(8 * i, true));
  const count = Math.min(view.getUint32(40, true), Math.floor((HEADER_BYTES - SITES_AT) / SITE_BYTES));
  const sites = Array.from({ length: count }, (_, i): PatchedSite => {
    const at = SITES_AT + i * SITE_BYTES;
    const length = Math.min(view.getUint32(at + 16, true), ORIGINAL_MAX);
    return {
      address: Number(view.getBigUint64(at, true)),
      trampoline: Number(view.getBigUint64(at + 8, true)),
      original: bytes.slice(at + 24, at + 24 + length),
    };
  });
  return { code: word(1), codeBytes: word(2), shared: word(3), sharedBytes: word(4), sites };
}

function words(values: readonly bigint[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values).buffer);
}
