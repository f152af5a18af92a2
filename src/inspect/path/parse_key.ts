import { isMapauditError, type MapauditError } from '../../base/errors.ts';
import { view } from '../../binary/elf/bounded_reader.ts';
import type { TypeHead } from '../../go/types/go_type.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { KeyField, KeyValue } from '../hash/key_value.ts';
import { exampleOf } from './expected.ts';
import { KeyScanner } from './scanner.ts';
import { isSpelled, spelling } from './type_spelling.ts';

/** The types that an interface may hold, by name: `main.user`, `*int`. */
export type TypesByName = ReadonlyMap<string, Addr>;

/**
 * Reads a key in Go syntax as a value of a type. Fields that a struct leaves out are zero. In an interface a plain
 * literal is what it is in Go: int, float64, string or bool; others are written as conversions, of types that keys of
 * the map hold (`held` gives them when asked). Packages may be left out of type names where one type alone is
 * meant. Errors: `usage-key`.
 */
export function parseKey(
  text: string,
  types: TypeReader,
  type: Addr,
  held: () => TypesByName = () => new Map<string, Addr>(),
): KeyValue {
  const name = types.nameOf(type) ?? 'value';
  const hint = `The map's key is ${withArticle(name)}, written as in Go: ${exampleOf(types, type)}`;
  const parser = new KeyParser(new KeyScanner(text, hint), types, held);
  const key = parser.value(type);
  parser.scanner.end();
  return key;
}

/**
 * Reads a key of type `any`, such as a sync.Map has, whose own type is not at hand. Errors: `usage-key`.
 */
export function parseHeldKey(text: string, types: TypeReader, held: () => TypesByName): KeyValue {
  const hint = 'The key is of type any, written as in Go: "text", 42, main.ID("text")';
  const parser = new KeyParser(new KeyScanner(text, hint), types, held);
  const key = parser.held();
  parser.scanner.end();
  return key;
}

const TYPE_NAME =
  /struct \{[^}]*\}|\(?(?:\*|\[(?:\d*|\.{3})\])*(?:map\[[^\]]*\])?(?:interface \{\}|[\p{L}_][\p{L}\p{N}_./]*)(?:\[[^(){}]*\])?\)?/u;
const NUMBER =
  /[-+]?(?:0[xX][0-9a-fA-F_]+(?![.pP0-9a-fA-F])|0[bB][01_]+|0[oO][0-7_]+|(?:[0-9][0-9_]*)(?![.eE0-9_]))/;
const FLOAT = /[-+]?(?:Inf|NaN|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)/;
/** What begins a literal of type complex128. */
const COMPLEX =
  /^(?:complex\s*\(|\(\s*[-+]?[.\d]|[-+]?[.\d][\d_.eE]*\s*(?:i|[-+]\s*[.\d][\d_.]*(?:[eE][-+]?\d+)?i))/;

class KeyParser {
  readonly scanner: KeyScanner;
  readonly #types: TypeReader;
  readonly #held: () => TypesByName;
  #names: TypesByName | undefined;

  constructor(scanner: KeyScanner, types: TypeReader, held: () => TypesByName) {
    this.scanner = scanner;
    this.#types = types;
    this.#held = held;
  }

  value(type: Addr): KeyValue {
    const head = this.#head(type);
    if (head.kind === 'interface') return this.held();
    if (head.kind === 'struct' || head.kind === 'array') return this.#composite(head);
    const converted = this.#conversion(head);
    const value = this.#scalar(head);
    if (converted) this.scanner.expect(')');
    return value;
  }

  #head(type: Addr): TypeHead {
    const head = this.#types.head(type);
    if (head === undefined) throw this.scanner.fail('the type of this part cannot be read');
    return head;
  }

  /** `name(` or `(name)(`; that of another type is an error. */
  #conversion({ kind, name }: TypeHead): boolean {
    const { scanner } = this;
    scanner.skipSpace();
    const start = scanner.at;
    const { source } = spelling(name);
    if (scanner.match(new RegExp(`(?:${source}|\\(\\s*${source}\\s*\\))\\s*\\(`, 'u')) !== undefined)
      return true;
    const other = scanner.match(TYPE_NAME);
    const isOther = other !== undefined && scanner.take('(');
    scanner.at = start;
    if (isOther && !(kind.startsWith('complex') && other === 'complex'))
      throw this.#notOf(other, name, start);
    return false;
  }

  #notOf(other: string, name: string, start: number): MapauditError {
    return this.scanner.fail(`${withArticle(name)} is expected here, not ${withArticle(other)}`, start);
  }

  #scalar(head: TypeHead): KeyValue {
    const { scanner } = this;
    const bytes = new Uint8Array(head.size);
    const words = view(bytes);
    const kind: string = head.kind;
    switch (kind) {
      case 'string': {
        const text = scanner.string();
        if (text === undefined) throw scanner.fail(`${withArticle(head.name)} is written in quotes`);
        words.setBigUint64(8, BigInt(text.length), true);
        return { kind: 'string', bytes, text };
      }
      case 'bool': {
        const word = scanner.match(/true|false/);
        if (word === undefined) throw scanner.fail(`${withArticle(head.name)} is true or false`);
        bytes[0] = word === 'true' ? 1 : 0;
        break;
      }
      case 'float32':
        words.setFloat32(0, this.#float(32), true);
        break;
      case 'float64':
        words.setFloat64(0, this.#float(64), true);
        break;
      case 'complex64':
      case 'complex128':
        this.#complex(head, words);
        break;
      default:
        this.#integer(head, words);
    }
    return { kind: 'plain', bytes };
  }

  /** Out of range is an error, as in Go: only +Inf means +Inf. */
  #float(bits: 32 | 64): number {
    const { scanner } = this;
    scanner.skipSpace();
    const start = scanner.at;
    const text = scanner.match(FLOAT);
    if (text === undefined) throw scanner.fail('a number is missing');
    const value = Number(text.replace(/_/g, '').replace('Inf', 'Infinity'));
    const fits = Number.isFinite(bits === 32 ? Math.fround(value) : value);
    if (!fits && !/Inf|NaN/.test(text)) throw scanner.fail(`${text} is no float${bits}`, start);
    return value;
  }

  /** `(1-2i)`, with or without parentheses, or `complex(1, -2)`. */
  #complex({ size }: TypeHead, words: DataView): void {
    const { scanner } = this;
    const bits = size === 16 ? 64 : 32;
    let parts: readonly [number, number];
    if (scanner.match(/complex\s*\(/) !== undefined) {
      const real = this.#float(bits);
      scanner.expect(',');
      parts = [real, this.#float(bits)];
      scanner.expect(')');
    } else {
      const open = scanner.take('(');
      parts = this.#sum(bits);
      if (open) scanner.expect(')');
    }
    if (size === 16) parts.forEach((part, i) => words.setFloat64(i * 8, part, true));
    else parts.forEach((part, i) => words.setFloat32(i * 4, part, true));
  }

  /** `1`, `2i`, `1 - 2i`. */
  #sum(bits: 32 | 64): readonly [number, number] {
    const { scanner } = this;
    const first = this.#float(bits);
    if (scanner.take('i')) return [0, first];
    const sign = scanner.match(/[-+]/);
    if (sign === undefined) return [first, 0];
    const second = this.#float(bits);
    scanner.expect('i');
    return [first, sign === '-' ? -second : second];
  }

  #integer({ kind, name, size }: TypeHead, words: DataView): void {
    const { scanner } = this;
    scanner.skipSpace();
    const start = scanner.at;
    const isPointer = !/^u?int/.test(kind);
    if (isPointer && scanner.take('nil')) return;
    const text = scanner.match(NUMBER);
    const value = text === undefined ? scanner.rune() : toBigInt(text);
    if (value === undefined)
      throw scanner.fail(
        `${withArticle(name)} is ${isPointer ? 'an address such as 0xc000010000' : 'a whole number'}`,
      );
    const bits = size * 8;
    const fits = kind.startsWith('int')
      ? BigInt.asIntN(bits, value) === value
      : BigInt.asUintN(bits, value) === value;
    if (!fits) throw scanner.fail(`${String(value)} is no ${name}`, start);
    for (let i = 0; i < size; i++) words.setUint8(i, Number((value >> BigInt(i * 8)) & 255n));
  }

  #composite(head: TypeHead): KeyValue {
    const { scanner } = this;
    scanner.skipSpace();
    const start = scanner.at;
    const name = scanner.match(spelling(head.name));
    const other = name === undefined ? scanner.match(TYPE_NAME) : undefined;
    if (other !== undefined) throw this.#notOf(other, head.name, start);
    scanner.expect('{');
    if (head.kind === 'struct') return this.#struct(head);
    return this.#array(head, name?.startsWith('[...]') === true ? start : undefined);
  }

  #struct(head: TypeHead): KeyValue {
    const { scanner } = this;
    const fields = this.#types.fields(head.address) ?? [];
    const given = new Map<number, KeyValue>();
    for (let position = 0; !scanner.take('}'); position++) {
      if (position > 0) {
        scanner.expect(',');
        if (scanner.take('}')) break;
      }
      scanner.skipSpace();
      const start = scanner.at;
      const name = scanner
        .match(/[\p{L}_][\p{L}\p{N}_]*\s*:/u)
        ?.slice(0, -1)
        .trim();
      if (name === '_') throw scanner.fail('a blank field has no value: leave it out', start);
      const index = name === undefined ? position : fields.findIndex((field) => field.name === name);
      const field = fields[index];
      if (field === undefined)
        throw scanner.fail(`${head.name} has no field ${name ?? String(position)}`, start);
      if (given.has(index)) throw scanner.fail(`the field ${field.name} is given twice`, start);
      given.set(index, this.value(field.type));
    }
    const bytes = new Uint8Array(head.size);
    const all: KeyField[] = fields.map((field, i) => {
      const value = given.get(i) ?? this.#zero(field.type);
      bytes.set(value.bytes, field.offset);
      return { name: field.name, type: field.type, value };
    });
    return { kind: 'struct', bytes, fields: all };
  }

  /** `counted`: where a `[...]` stands, whose length is that of the elements. */
  #array(head: TypeHead, counted: number | undefined): KeyValue {
    const { scanner } = this;
    const array = this.#types.array(head.address);
    if (array === undefined) throw scanner.fail('the type of this part cannot be read');
    const given = new Map<number, KeyValue>();
    let [next, count] = [0, 0];
    while (!scanner.take('}')) {
      if (given.size > 0) {
        scanner.expect(',');
        if (scanner.take('}')) break;
      }
      scanner.skipSpace();
      const start = scanner.at;
      const index = scanner.match(/\d+\s*:/);
      if (index !== undefined) next = parseInt(index, 10);
      if (next >= array.length)
        throw scanner.fail(
          `${head.name} has no ${index === undefined ? 'more elements' : `element ${next}`}`,
          start,
        );
      if (given.has(next)) throw scanner.fail(`element ${next} is given twice`, start);
      given.set(next++, this.value(array.elem));
      count = Math.max(count, next);
    }
    if (counted !== undefined && count < array.length)
      throw scanner.fail(`that is an array of ${count}, and no ${head.name}`, counted);
    const items = Array.from({ length: array.length }, (_, i) => given.get(i) ?? this.#zero(array.elem));
    const bytes = new Uint8Array(head.size);
    const size = this.#head(array.elem).size;
    items.forEach((item, i) => bytes.set(item.bytes, i * size));
    return { kind: 'array', bytes, elem: array.elem, items };
  }

  #zero(type: Addr): KeyValue {
    const head = this.#head(type);
    const bytes = new Uint8Array(head.size);
    if (head.kind === 'string') return { kind: 'string', bytes, text: new Uint8Array(0) };
    if (head.kind === 'interface') return { kind: 'interface', bytes, type: addr(0), value: undefined };
    if (head.kind === 'struct')
      return {
        kind: 'struct',
        bytes,
        fields: (this.#types.fields(type) ?? []).map(({ name, type: of }) => ({
          name,
          type: of,
          value: this.#zero(of),
        })),
      };
    const array = head.kind === 'array' ? this.#types.array(type) : undefined;
    if (array === undefined) return { kind: 'plain', bytes };
    return {
      kind: 'array',
      bytes,
      elem: array.elem,
      items: Array.from({ length: array.length }, () => this.#zero(array.elem)),
    };
  }

  /** What an interface holds. */
  held(): KeyValue {
    const { scanner } = this;
    const bytes = new Uint8Array(16);
    if (scanner.match(/nil\b/) !== undefined)
      return { kind: 'interface', bytes, type: addr(0), value: undefined };
    const start = scanner.at;
    const name = this.#typeName();
    this.#names ??= this.#held();
    const exact = this.#names.get(name);
    const meant = exact === undefined ? [...this.#names].filter(([known]) => isSpelled(known, name)) : [];
    const [first] = meant;
    if (exact === undefined && first === undefined) {
      const known = [...this.#names.keys()].sort().join(', ');
      const others = known === '' ? 'its keys hold nothing' : `its keys hold: ${known}`;
      throw scanner.fail(`no key of this map holds ${withArticle(name)}; ${others}`, start);
    }
    const type = exact ?? (meant.length === 1 ? first?.[1] : this.#counted(meant, name, start));
    if (type === undefined) {
      const known = meant.map(([one]) => one).sort();
      throw scanner.fail(`${name} may be ${known.join(' or ')}: say which`, start);
    }
    return { kind: 'interface', bytes, type, value: this.value(type) };
  }

  /** Which of several arrays `[...]T{…}` is: the one that has as many elements. */
  #counted(meant: readonly (readonly [string, Addr])[], name: string, start: number): Addr | undefined {
    if (!name.startsWith('[...]')) return undefined;
    const fits = meant.filter(([, type]) => {
      try {
        this.value(type);
        return true;
      } catch (error) {
        if (!isMapauditError(error)) throw error;
        return false;
      } finally {
        this.scanner.at = start;
      }
    });
    return fits.length === 1 ? fits[0]?.[1] : undefined;
  }

  /** What the literal's type is; the scanner stays before it. */
  #typeName(): string {
    const { scanner } = this;
    scanner.skipSpace();
    const start = scanner.at;
    const rest = scanner.text.slice(start);
    if (/^["`]/.test(rest)) return 'string';
    if (/^'/.test(rest)) return 'int32';
    if (COMPLEX.test(rest)) return 'complex128';
    if (/^(?:true|false)\b/.test(rest)) return 'bool';
    if (scanner.match(NUMBER) !== undefined) {
      scanner.at = start;
      return 'int';
    }
    if (scanner.match(FLOAT) !== undefined) {
      scanner.at = start;
      return 'float64';
    }
    const name = scanner.match(TYPE_NAME);
    scanner.at = start;
    if (name === undefined) throw scanner.fail('a value is missing');
    return name.replace(/^\((.*)\)$/, '$1');
  }
}

const withArticle = (name: string): string => `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;

function toBigInt(text: string): bigint {
  const digits = text.replace(/_/g, '').replace(/^\+/, '');
  // In Go a leading 0 makes a number octal.
  const value = BigInt(digits.replace(/^-/, '').replace(/^0(?=[0-7]+$)/, '0o'));
  return digits.startsWith('-') ? -value : value;
}
