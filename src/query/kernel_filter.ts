import { addr } from '../model/addr.ts';
import { goid } from '../model/ids.ts';
import { KEY_FILTER_MAX, type ProbeOptions } from '../model/probe.ts';
import type { Filters, KeyMode } from '../protocol/options.ts';
import { KEY_TEXT_MAX } from '../model/record.ts';
import { parseGoLiteral } from '../model/go_literal.ts';
import { literalPrefix } from './glob.ts';

/** What of the filters the kernel decides alone. */
export function kernelFilter(
  filters: Filters,
): Pick<ProbeOptions, 'goid' | 'mapAddress' | 'keyText' | 'keyless' | 'verdicts'> {
  const keyText =
    filters.keyLiteral !== undefined
      ? kernelLiteral(filters.keyLiteral)
      : filters.key === undefined
        ? undefined
        : kernelKeyText(filters.key, filters.keyIsString);
  return {
    ...(filters.goid === undefined ? {} : { goid: goid(filters.goid) }),
    ...(filters.mapAddress === undefined ? {} : { mapAddress: addr(filters.mapAddress) }),
    ...(keyText === undefined ? {} : { keyText, keyless: filters.keyless === true }),
    verdicts: filters.map !== undefined || filters.site !== undefined || filters.sync === true,
  };
}

const PRINTABLE = /^[ !#-[\]-~]*$/;
/**
 * A text that a key other than a string may begin with: a number, a name, a type; behind a bracket of which
 * anything may follow.
 */
const AMBIGUOUS = /^[-+\w.*\]/]*($|[([{])/;

/**
 * The beginning of a key glob as the kernel compares it: with the bytes of string keys. Undefined where the
 * glob may also mean keys of other types, whose text only user space knows.
 */
export function kernelKeyText(
  glob: string,
  isString?: true,
): { readonly bytes: Uint8Array; readonly exact: boolean } | undefined {
  const { text, exact } = literalPrefix(glob);
  if (text === '' || !PRINTABLE.test(text) || (isString !== true && AMBIGUOUS.test(text))) return undefined;
  const bytes = new TextEncoder().encode(text);
  return { bytes: bytes.subarray(0, KEY_FILTER_MAX), exact: exact && bytes.length <= KEY_FILTER_MAX };
}

/** The bytes of a string key, where the literal means no other: others depend on the map's type. */
export function kernelLiteral(
  text: string,
): { readonly bytes: Uint8Array; readonly exact: boolean } | undefined {
  const literal = parseGoLiteral(text);
  if (literal?.kind !== 'text' || literal.bytes.length === 0) return undefined;
  const { bytes } = literal;
  return { bytes: bytes.subarray(0, KEY_FILTER_MAX), exact: bytes.length <= KEY_FILTER_MAX };
}

/** Whether the filters ask for keys. */
export const hasKey = (filters: Filters): boolean =>
  filters.key !== undefined || filters.keyLiteral !== undefined;

/** Whether goroutines' labels are to be taken along. */
export const capturesLabels = (labels: KeyMode | undefined, filters: Filters): boolean =>
  filters.label !== undefined || (labels ?? NONE).type !== 'none';

const NONE: KeyMode = { type: 'none' };

/** Bytes of text to capture, for hashing too; cutting for display is done later, so as not to lie about lengths. */
export function captureBytes(keys: KeyMode, filters: Filters): number {
  const wanted = hasKey(filters) || keys.type !== 'none';
  return wanted ? KEY_TEXT_MAX : 0;
}
