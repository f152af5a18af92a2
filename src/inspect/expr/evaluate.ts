import { closest } from '../../base/closest.ts';
import { isMapauditError } from '../../base/errors.ts';
import { assertUnreachable } from '../../base/assert.ts';
import { type GoType, shortTypeName } from '../../go/debug/go_type.ts';
import { addr } from '../../model/addr.ts';
import {
  atomicPointer,
  findField,
  held,
  partOf,
  type Place,
  placeAt,
  pointee,
  sliceOf,
  structOf,
} from '../place/place.ts';
import type { Program } from '../place/program.ts';
import { parseExpression } from './parse.ts';
import { errorOf, Problem } from './problem.ts';
import type { Scope } from './scope.ts';
import type { Expression, IndexKey } from './syntax.ts';

/** A key to look up: as it was typed, to be read once the key's type is known. */
export interface TypedKey {
  readonly text: string;
  /** The key is the value of another expression. */
  readonly place: Place | undefined;
}

/**
 * Finds the element of a key in a map: `map` is the variable that holds the map, not nil, or a sync.Map. Undefined: no such
 * key. May throw a MapauditError, for a key that does not fit the map's key type.
 */
export type MapLookup = (map: Place, key: TypedKey) => Place | undefined;

/** What expressions are evaluated in. */
export interface Evaluation {
  readonly program: Program;
  readonly scope: Scope;
  /** Without it an index into a map is the error `no-map-lookup`. */
  readonly lookup?: MapLookup | undefined;
}

/** An expression's value. */
export interface Evaluated extends Place {
  /** The expression with full names: what to show as the value's name. */
  readonly name: string;
}

/**
 * The value of an expression. Errors, all with a caret under the part that is meant: `usage-expression`,
 * `no-such-variable`, `ambiguous-variable`, `optimised-away`, `no-such-field`, `no-such-type`, `not-a-pointer`,
 * `not-a-map`, `not-an-interface`, `wrong-type`, `nil-pointer`, `nil-map`, `index-out-of-range`, `no-such-key`,
 * `unreadable-memory`, `unknown-type`, `no-map-lookup`.
 */
export function evaluate(text: string, evaluation: Evaluation): Evaluated {
  const expression = parseExpression(text);
  try {
    return new Evaluator(evaluation).value(expression);
  } catch (error) {
    throw error instanceof Problem ? errorOf(error, text) : error;
  }
}

class Evaluator {
  readonly #evaluation: Evaluation;
  readonly #program: Program;

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation;
    this.#program = evaluation.program;
  }

  value(node: Expression): Evaluated {
    switch (node.kind) {
      case 'name':
        return this.#name(node.text, node.at);
      case 'selector':
        return this.#field(this.value(node.of), node.name, node.at);
      case 'deref':
        return this.#deref(this.value(node.of), node.at);
      case 'index':
        return this.#index(this.value(node.of), node.key, node.at);
      case 'assert':
        return this.#assert(this.value(node.of), node.type, node.at);
      case 'convert':
        return this.#convert(node.type, node.value, node.at);
      default:
        return assertUnreachable(node);
    }
  }

  /** The longest part up to a dot that is a variable; the rest are fields. */
  #name(text: string, at: number): Evaluated {
    const ends = [...text.matchAll(/\.|$/g)].map((match) => match.index).reverse();
    for (const end of ends) {
      const found = this.#evaluation.scope.find(text.slice(0, end));
      if (found === undefined) continue;
      if (found.kind === 'ambiguous')
        throw new Problem(
          'ambiguous-variable',
          at,
          `${text.slice(0, end)} is a variable of several packages`,
          `Write one of: ${found.names.join(', ')}`,
        );
      if (found.kind === 'gone') throw new Problem(found.code, at, `${found.name} ${found.why}`);
      return this.#fields(named(found.place, found.name), text, end, at);
    }
    throw this.#unknownVariable(text, at);
  }

  #fields(variable: Evaluated, text: string, from: number, at: number): Evaluated {
    let place = variable;
    for (let start = from + 1; start <= text.length;) {
      const dot = text.indexOf('.', start);
      const end = dot < 0 ? text.length : dot;
      if (end > start) place = this.#field(place, text.slice(start, end), at + start);
      start = end + 1;
    }
    return place;
  }

  #unknownVariable(text: string, at: number): Problem {
    const near = nearName(text, this.#evaluation.scope.names());
    const local = text.slice(text.lastIndexOf('.') + 1);
    const hint =
      near === undefined
        ? `A package's variable is written package.name; a function's is found by its name alone: --map ${local}`
        : `Did you mean ${near}?`;
    return new Problem('no-such-variable', at, `there is no variable ${text}`, hint);
  }

  #field(given: Evaluated, name: string, at: number): Evaluated {
    const of = transparent(given);
    const found = findField(of.type, name);
    if (found === undefined)
      throw noField(
        of,
        name,
        at,
        this.#heldHint(of, `.${name}`, (type) => findField(type, name) !== undefined),
      );
    let place: Place = of;
    for (const field of found.path) {
      if (place.type.kind === 'pointer') place = this.#follow(place, `${of.name} is`, at);
      place = partOf(place, field.offset, field.type);
    }
    return named(place, `${of.name}.${name}`);
  }

  #deref(given: Evaluated, at: number): Evaluated {
    const of = transparent(given);
    if (of.type.kind !== 'pointer')
      throw new Problem('not-a-pointer', at, `${of.name} is no pointer but ${article(of.type)}`);
    return named(this.#follow(of, `${of.name} is`, at), `(*${of.name})`);
  }

  #follow(place: Place, subject: string, at: number): Place {
    return this.#reached(pointee(this.#program.memory, place), subject, at);
  }

  #reached(place: ReturnType<typeof pointee>, subject: string, at: number): Place {
    if (typeof place !== 'string') return place;
    if (place === 'nil') throw new Problem('nil-pointer', at, `${subject} nil`);
    if (place === 'unreadable') throw unreadable(at);
    throw new Problem('unknown-type', at, 'its type is not known');
  }

  #assert(of: Evaluated, type: string, at: number): Evaluated {
    if (of.type.kind !== 'interface')
      throw new Problem('not-an-interface', at, `${of.name} is no interface but ${article(of.type)}`);
    const place = this.#reached(held(this.#program, of), `${of.name} is`, at);
    const wanted = normalType(type);
    const names = [place.type.name, shortTypeName(place.type.name)].map(normalType);
    if (!names.includes(wanted) && !names.includes(normalType(shortTypeName(type))))
      throw new Problem(
        'wrong-type',
        at,
        `${of.name} holds ${article(place.type)}, not ${type}`,
        `Did you mean ${of.name}.(${place.type.name})?`,
      );
    return named(place, `${of.name}.(${type})`);
  }

  #convert(type: string, value: bigint, at: number): Evaluated {
    const found = this.#evaluation.scope.typeNamed(type);
    if (found === undefined) {
      const near = closest(type, [...this.#evaluation.scope.typeNames()]);
      const hint = near === undefined ? undefined : `Did you mean ${near}?`;
      throw new Problem('no-such-type', at, `there is no type ${type}`, hint);
    }
    if (found.size > 0 && this.#program.memory.read(Number(value), 1) === undefined)
      throw new Problem(
        'unreadable-memory',
        at,
        `the program has no memory at 0x${value.toString(16)}`,
        'Addresses of values are those that mapaudit maps, inspect and trace have shown of this process.',
      );
    return named(
      placeAt(this.#program.memory, addr(Number(value)), found),
      `(*(*${type})(0x${value.toString(16)}))`,
    );
  }

  #index(of: Evaluated, key: IndexKey, at: number): Evaluated {
    const name = `${of.name}[${key.text}]`;
    if (of.type.kind === 'map' || isSyncMap(of.type)) return named(this.#lookup(of, key, at), name);
    const list = of.type.kind === 'pointer' && of.type.elem()?.kind === 'array' ? this.#deref(of, at) : of;
    const elem = list.type.kind === 'array' || list.type.kind === 'slice' ? list.type.elem() : undefined;
    if (elem === undefined)
      throw new Problem(
        'not-a-map',
        at,
        `${of.name} is no map, slice or array but ${article(of.type)}`,
        this.#heldHint(of, `[${key.text}]`, ({ kind }) => INDEXED.has(kind)),
      );
    const i = this.#indexNumber(key);
    const slice = list.type.kind === 'slice' ? sliceOf(list) : undefined;
    if (list.type.kind === 'slice' && slice === undefined) throw unreadable(at);
    const length = slice?.length ?? list.type.length() ?? 0;
    if (i < 0 || i >= length)
      throw new Problem('index-out-of-range', key.at, `${of.name} has ${length} elements`);
    const place =
      slice === undefined
        ? partOf(list, i * elem.size, elem)
        : placeAt(this.#program.memory, addr(slice.data + i * elem.size), elem);
    return named(place, name);
  }

  /** How to go on behind an interface; `rest` follows where it has a meaning there. */
  #heldHint(of: Evaluated, rest: string, fits: (held: GoType) => boolean): string | undefined {
    const inside = of.type.kind === 'interface' ? held(this.#program, of) : undefined;
    if (inside === undefined || typeof inside === 'string') return undefined;
    const { type } = inside;
    return `It holds ${article(type)}: ${of.name}.(${type.name})${fits(type) ? rest : ''}`;
  }

  /** An index that is a constant, or the value of an integer variable. */
  #indexNumber(key: IndexKey): number {
    if (key.literal?.kind === 'int') return Number(key.literal.value);
    const place = key.expression === undefined ? undefined : this.value(key.expression);
    const value = place === undefined ? undefined : integerOf(place);
    if (value === undefined)
      throw new Problem('usage-expression', key.at, 'an index of a slice or an array is a whole number');
    return value;
  }

  #lookup(of: Evaluated, key: IndexKey, at: number): Place {
    const { lookup } = this.#evaluation;
    if (lookup === undefined) throw new Problem('no-map-lookup', at, 'maps cannot be looked into here');
    const header = isSyncMap(of.type) ? of.address : mapHeader(of);
    if (header === undefined) throw unreadable(at);
    if (header === 0) throw new Problem('nil-map', at, `${of.name} is a nil map`);
    const found = this.#found(lookup, of, key);
    if (found === undefined) throw new Problem('no-such-key', key.at, `${of.name} has no such key`);
    return found;
  }

  #found(lookup: MapLookup, of: Evaluated, { expression, text, at }: IndexKey): Place | undefined {
    const place = expression === undefined || isKeyText(expression) ? undefined : this.value(expression);
    try {
      return lookup(of, { text, place });
    } catch (error) {
      if (!isMapauditError(error, 'usage-key')) throw error;
      const [what = ''] = error.message.split('\n');
      throw new Problem('wrong-key', at + Number(error.fields['position'] ?? 0), what, error.hint);
    }
  }
}

/** Whether a type is sync.Map, which is looked into like a map. */
export const isSyncMap = ({ fullName }: GoType): boolean => fullName === 'sync.Map';

/** Other expressions that can be keys: nil, and a pointer's conversion, whose value would be what it points to. */
const isKeyText = (node: Expression): boolean =>
  node.kind === 'convert' || (node.kind === 'name' && node.text === 'nil');

/** The address of the header of the map that a variable of map type holds; 0: nil; undefined: cannot be read. */
export function mapHeader(map: Place): number | undefined {
  const bytes = map.read(0, 8);
  return bytes === undefined
    ? undefined
    : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
}

function integerOf(place: Place): number | undefined {
  const { kind, size } = place.type;
  if (!/^u?int|^uintptr$/.test(kind)) return undefined;
  const bytes = place.read(0, size);
  if (bytes === undefined) return undefined;
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return Number(kind.startsWith('u') ? value : BigInt.asIntN(size * 8, value));
}

const INDEXED: ReadonlySet<string> = new Set(['map', 'slice', 'array']);

const named = (place: Place, name: string): Evaluated => ({ ...place, name });

/** An atomic.Pointer[T] is used like a *T. */
function transparent(of: Evaluated): Evaluated {
  const pointer = atomicPointer(of);
  return pointer === undefined ? of : named(pointer, of.name);
}

const unreadable = (at: number): Problem =>
  new Problem('unreadable-memory', at, 'the memory there cannot be read');

/** `a *main.Cache`, with the article that fits. */
const article = (type: GoType): string => `${/^[aeiou]/.test(type.name) ? 'an' : 'a'} ${type.name}`;

/** Spaces do not matter, and `any` is another name of `interface {}`. */
const normalType = (name: string): string => name.replace(/\bany\b/g, 'interface{}').replace(/\s+/g, '');

/** `held`: how to go on where it is an interface. */
function noField(of: Evaluated, name: string, at: number, held: string | undefined): Problem {
  const struct = structOf(of.type);
  if (struct?.kind !== 'struct') {
    const isPointers = of.type.kind === 'pointer' && struct?.kind === 'pointer';
    const hint = isPointers ? `Follow the pointer first: (*${of.name}).${name}` : held;
    return new Problem('no-such-field', at, `${of.name} is no struct but ${article(of.type)}`, hint);
  }
  const names = (struct.fields() ?? []).map((field) => field.name);
  const near = closest(name, names);
  const hint = near === undefined ? `It has: ${names.slice(0, 20).join(', ')}` : `Did you mean ${near}?`;
  return new Problem('no-such-field', at, `${struct.name} has no field ${name}`, hint);
}

/** The known name that is nearest to the whole text or to its part without fields. */
function nearName(text: string, names: Iterable<string>): string | undefined {
  const all = [...names];
  const dot = text.lastIndexOf('.');
  const prefix = text.slice(0, dot + 1);
  const ofPackage = dot < 0 ? [] : all.filter((name) => name.startsWith(prefix));
  // Where the package is right, its variables are compared without it: it makes short names alike.
  const near = closest(
    text.slice(dot + 1),
    ofPackage.map((name) => name.slice(prefix.length)),
  );
  const whole = ofPackage.length === 0 ? closest(text, all) : near === undefined ? undefined : prefix + near;
  const parts = text.split('.');
  return whole ?? (parts.length > 2 ? closest(parts.slice(0, 2).join('.'), all) : undefined);
}
