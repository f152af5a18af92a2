import { isMapauditError, MapauditError } from '../../base/errors.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { KeyValue } from '../../inspect/hash/key_value.ts';
import { parseHeldKey, parseKey, type TypesByName } from '../../inspect/path/parse_key.ts';
import type { Addr } from '../../model/addr.ts';
import { parseGoLiteral } from '../../model/go_literal.ts';

/**
 * What a key as a user has typed it means in maps whose keys are of a type (undefined: any). Where that is a string,
 * a number or word too is the string itself; where an interface holds one, a text that Go would take as no
 * literal. Errors: `usage-key`.
 */
export function keyOfType(
  text: string,
  types: TypeReader,
  type: Addr | undefined,
  held: () => TypesByName,
): KeyValue {
  const kind = type === undefined ? 'interface' : types.head(type)?.kind;
  if (type !== undefined && kind === 'string' && !isMeantAsGo(text)) return textKey(text);
  if (kind === 'interface' && parseGoLiteral(text) === undefined) {
    const string = held().get('string');
    if (string !== undefined)
      return { kind: 'interface', bytes: new Uint8Array(16), type: string, value: textKey(text) };
  }
  return type === undefined ? parseHeldKey(text, types, held) : parseKey(text, types, type, held);
}

/** As `keyOfType`, but undefined where keys of the type are never written so. */
export function keyOfTypeIfAny(...args: Parameters<typeof keyOfType>): KeyValue | undefined {
  try {
    return keyOfType(...args);
  } catch (error) {
    if (isMapauditError(error, 'usage-key')) return undefined;
    throw error;
  }
}

/**
 * Whether a string key must be written so: what has quotes, a type or braces is meant as Go writes it. Numbers,
 * true, false and nil are, as a string, the text itself.
 */
export function isMeantAsGo(text: string): boolean {
  const kind = parseGoLiteral(text)?.kind;
  return /^\s*["`]/.test(text) || kind === 'conversion' || kind === 'composite';
}

function textKey(text: string): KeyValue {
  return { kind: 'string', bytes: new Uint8Array(16), text: new TextEncoder().encode(text) };
}

/** Whether keys of the type hold interfaces, so that it shows only with each key how one may be written. */
export function holdsInterface(types: TypeReader, type: Addr, depth = 0): boolean {
  const head = types.head(type);
  if (head?.kind === 'interface' || depth > 8) return true;
  if (head?.kind === 'struct')
    return (types.fields(type) ?? []).some((field) => holdsInterface(types, field.type, depth + 1));
  const array = head?.kind === 'array' ? types.array(type) : undefined;
  return array !== undefined && holdsInterface(types, array.elem, depth + 1);
}

/** A key that no map in question can have. */
export function noSuchKey(text: string, maps: string, cause: unknown): MapauditError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new MapauditError('usage-key', `${text} is no key of ${maps}${why}`, {
    cause,
    ...(isMapauditError(cause) && cause.hint !== undefined ? { hint: cause.hint } : {}),
    fields: { key: text },
  });
}
