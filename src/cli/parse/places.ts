import { WATCH_LENGTHS, type WatchLength } from '../../protocol/watch.ts';
import { usageError } from './usage_error.ts';

/** User space ends below 2^47. */
const HIGHEST_ADDRESS = 2 ** 47;

/** One entry of --address: its length and label may be left out. */
export interface PlaceText {
  readonly address: number;
  readonly length?: WatchLength;
  readonly label?: string;
}

const PLACE = /^(0x[0-9a-f]{1,16})(?::(\d+))?(?:=(.+))?$/i;

/** `0xc000123450`, `0xc000123450:4=hits`, and lists of them. */
export function parsePlaces(text: string): readonly PlaceText[] {
  return text.split(',').map((part) => {
    const [, address, length, label] = PLACE.exec(part.trim()) ?? [];
    if (address !== undefined && Number(address) >= HIGHEST_ADDRESS)
      throw usageError('address', `${address} is no address of a process: those end below 0x7fffffffffff`, {
        hint: 'What lies above belongs to the kernel.',
      });
    if (address === undefined)
      throw usageError('address', `"${part}" is not an address`, {
        hint: 'Write it in hexadecimal: --address 0xc000123450. watch takes length and name too: 0xc000123450:4=hits.',
      });
    return {
      address: Number(address),
      ...(length === undefined ? {} : { length: watchLength(Number(length)) }),
      ...(label === undefined ? {} : { label }),
    };
  });
}

/** 1, 2, 4 or 8 bytes. */
export function watchLength(bytes: number): WatchLength {
  const length = WATCH_LENGTHS.find((one) => one === bytes);
  if (length !== undefined) return length;
  throw usageError('length', `${bytes} bytes cannot be watched`, {
    hint: 'A watchpoint is 1, 2, 4 or 8 bytes long; for more, name several addresses.',
  });
}
