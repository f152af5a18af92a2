import { usageError } from './usage_error.ts';

/** User space ends below 2^47. */
const HIGHEST_ADDRESS = 2 ** 47;

/** `3` or `#3` is mapaudit's number of a map, `0xc000123450` its address. */
export function parseMapId(text: string): { readonly mapId: number } | { readonly mapAddress: number } {
  const [, id, address] = /^(?:#?([1-9]\d*)|(0x[0-9a-f]+))$/i.exec(text) ?? [];
  if (id !== undefined && Number.isSafeInteger(Number(id))) return { mapId: Number(id) };
  if (address !== undefined && Number(address) < HIGHEST_ADDRESS) return { mapAddress: Number(address) };
  throw usageError('map-id', `"${text}" is not a map id`, {
    hint: 'Map ids are the numbers behind # in the output of trace and top (--map-id 3), or addresses (--map-id 0xc000123450).',
  });
}
