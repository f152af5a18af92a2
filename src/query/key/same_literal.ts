import { isSpelled } from '../../inspect/path/type_spelling.ts';
import type { GoLiteral, LiteralItem } from '../../model/go_literal.ts';

/** How two literals compare; `cut`: what was kept of one is like the other. */
export type LiteralLikeness = 'same' | 'cut' | 'other';

/**
 * Whether a key as an event shows it is the one that a user has typed, without types at hand: numbers by their value,
 * texts by their bytes, structs and arrays by their parts, where fields and elements that are left out are zero. Type
 * names may be written with or without packages. `keyType`: the name of the map's key type, if known.
 */
export function sameLiteral(kept: GoLiteral, typed: GoLiteral, keyType: string | undefined): LiteralLikeness {
  const isInterface = keyType === undefined || /^(?:interface|any\b)/.test(keyType);
  // Where the type says what it is, a conversion to it adds nothing.
  if (typed.kind === 'conversion' && kept.kind !== 'conversion' && keyType !== undefined && !isInterface)
    return isSpelled(keyType, typed.type) ? like(kept, typed.value) : 'other';
  if (keyType === undefined || !isInterface) return like(kept, typed);
  // In an interface a literal has a type of its own: 1 is no 1.0, and {1, 2} has none.
  if (typed.kind === 'composite' && typed.type === undefined) return 'other';
  return ownKind(kept) === ownKind(typed) ? like(kept, typed) : 'other';
}

function like(kept: GoLiteral, typed: GoLiteral): LiteralLikeness {
  if (kept.kind === 'cut') return 'cut';
  if (kept.kind === 'text' && typed.kind === 'text') return textLike(kept, typed);
  if (kept.kind === 'number' && typed.kind === 'number')
    return sameNumber(kept.value, typed.value) ? 'same' : 'other';
  const [a, b] = [complexOf(kept), complexOf(typed)];
  if (a !== undefined && b !== undefined)
    return sameNumber(a[0], b[0]) && sameNumber(a[1], b[1]) ? 'same' : 'other';
  if (kept.kind === 'word' && typed.kind === 'word') return kept.word === typed.word ? 'same' : 'other';
  if (kept.kind === 'conversion') {
    if (typed.kind === 'conversion')
      return sameType(kept.type, typed.type) ? like(kept.value, typed.value) : 'other';
    // Pointers are shown with their type; an address alone is one too.
    return kept.type.startsWith('*') && typed.kind === 'number' ? like(kept.value, typed) : 'other';
  }
  if (kept.kind === 'composite' && typed.kind === 'composite')
    return sameType(kept.type, typed.type) ? partsLike(kept.items, typed.items) : 'other';
  // A pointer or interface that is nil, and a number that is an address.
  return 'other';
}

function textLike(
  kept: GoLiteral & { readonly kind: 'text' },
  typed: GoLiteral & { readonly kind: 'text' },
): LiteralLikeness {
  const same =
    kept.cut && typed.bytes.length >= kept.bytes.length
      ? Buffer.compare(kept.bytes, typed.bytes.subarray(0, kept.bytes.length)) === 0
      : Buffer.compare(kept.bytes, typed.bytes) === 0;
  return same ? (kept.cut ? 'cut' : 'same') : 'other';
}

/** Names of fields and indexes find their part; parts without follow on the last one. */
function partsLike(kept: readonly LiteralItem[], typed: readonly LiteralItem[]): LiteralLikeness {
  const cut = kept.at(-1)?.value.kind === 'cut';
  const wanted = new Map<number, GoLiteral>();
  let next = 0;
  for (const { name, value } of typed) {
    if (name !== undefined) {
      const field = kept.findIndex((item) => item.name === name);
      next = field >= 0 ? field : /^\d+$/.test(name) ? Number(name) : -1;
    }
    if (next < 0 || wanted.has(next) || (next >= kept.length && !cut)) return 'other';
    wanted.set(next++, value);
  }
  let likeness: LiteralLikeness = 'same';
  for (const [i, { value }] of kept.entries()) {
    const other = wanted.get(i);
    const of =
      other === undefined
        ? value.kind === 'cut'
          ? 'cut'
          : isZero(value)
            ? 'same'
            : 'other'
        : like(value, other);
    if (of === 'other') return 'other';
    if (of === 'cut') likeness = 'cut';
  }
  return likeness;
}

function isZero(value: GoLiteral): boolean {
  if (value.kind === 'text') return value.bytes.length === 0 && !value.cut;
  if (value.kind === 'number') return Number(value.value) === 0;
  if (value.kind === 'complex') return value.real === 0 && value.imaginary === 0;
  if (value.kind === 'word') return value.word !== 'true';
  return value.kind === 'composite' && value.items.every((item) => isZero(item.value));
}

/** An element of a composite literal may leave its type out. */
const sameType = (kept: string | undefined, typed: string | undefined): boolean =>
  kept === undefined || typed === undefined || isSpelled(kept, typed) || isSpelled(typed, kept);

/** By value, and exactly where both are whole. A NaN is any NaN. */
function sameNumber(a: bigint | number, b: bigint | number): boolean {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a === b;
  const [x, y] = [Number(a), Number(b)];
  return x === y || (Number.isNaN(x) && Number.isNaN(y));
}

function complexOf(value: GoLiteral): readonly [number, number] | undefined {
  if (value.kind === 'complex') return [value.real, value.imaginary];
  return value.kind === 'number' ? [Number(value.value), 0] : undefined;
}

const ownKind = (value: GoLiteral): string =>
  value.kind === 'number' ? typeof value.value : value.kind === 'composite' ? 'composite' : value.kind;

/** The key type in the name of a map type: `main.P` of `map[main.P]int`. */
export function keyTypeName(mapType: string | undefined): string | undefined {
  if (mapType?.startsWith('map[') !== true) return undefined;
  let depth = 0;
  for (let i = 3; i < mapType.length; i++) {
    if (mapType[i] === '[') depth++;
    if (mapType[i] === ']' && --depth === 0) return mapType.slice(4, i);
  }
  return undefined;
}
