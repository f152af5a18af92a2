import { view } from '../../binary/elf/bounded_reader.ts';
import type { TypeHead } from '../../go/types/go_type.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { KeyField, KeyValue } from '../hash/key_value.ts';
import { exampleOf } from './expected.ts';
import { KeyScanner } from './scanner.ts';

/** The types that an interface may hold, by name: `main.user`, `*int`. */
export type TypesByName = ReadonlyMap<string, Addr>;

/**
 * Reads a key in Go syntax as a value of a type. Fields that a struct leaves out are zero. In an interface a plain
 * literal is what it is in Go: int, float64, string or bool; others are written as conversions, of types that keys of
 * the map hold (`held` gives them when asked). Errors: `usage-key`.
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

const TYPE_NAME =
  /struct \{[^}]*\}|\(?(?:\*|\[\d*\])*(?:map\[[^\]]*\])?(?:interface \{\}|[\p{L}_][\p{L}\p{N}_./]*)(?:\[[^(){}]*\])?\)?/u;
const NUMBER =
  /[-+]?(?:0[xX][0-9a-fA-F_]+(?![.pP0-9a-fA-F])|0[bB][01_]+|0[oO][0-7_]+|(?:[0-9][0-9_]*)(?![.eE0-9_]))/;
const FLOAT = /[-+]?(?:Inf|NaN|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)/;

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
    if (head.kind === 'interface') return this.#interface();
    if (head.kind === 'struct' || head.kind === 'array') return this.#composite(head);
    const closing = this.#conversion(head.name) ? ')' : '';
    const value = this.#scalar(head);
    if (closing !== '') this.scanner.expect(closing);
    return value;
  }

  #head(type: Addr): TypeHead {
    const head = this.#types.head(type);
    if (head === undefined) throw this.scanner.fail('the type of this part cannot be read');
    return head;
  }

  /** `name(` or `(name)(`. */
  #conversion(name: string): boolean {
    const start = this.scanner.at;
    if ((this.scanner.take(name) || this.scanner.take(`(${name})`)) && this.scanner.take('(')) return true;
    this.scanner.at = start;
    return false;
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

  #complex({ size }: TypeHead, words: DataView): void {
    this.scanner.expect('(');
    const bits = size === 16 ? 64 : 32;
    const [real, imaginary] = [this.#float(bits), this.#float(bits)];
    this.scanner.expect('i');
    this.scanner.expect(')');
    if (size === 16) [real, imaginary].forEach((part, i) => words.setFloat64(i * 8, part, true));
    else [real, imaginary].forEach((part, i) => words.setFloat32(i * 4, part, true));
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
    this.scanner.take(head.name);
    this.scanner.expect('{');
    return head.kind === 'struct' ? this.#struct(head) : this.#array(head);
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
      const index = name === undefined ? position : fields.findIndex((field) => field.name === name);
      const field = fields[index];
      if (field === undefined)
        throw scanner.fail(`${head.name} has no field ${name ?? String(position)}`, start);
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

  #array(head: TypeHead): KeyValue {
    const { scanner } = this;
    const array = this.#types.array(head.address);
    if (array === undefined) throw scanner.fail('the type of this part cannot be read');
    const items: KeyValue[] = [];
    while (!scanner.take('}')) {
      if (items.length > 0) {
        scanner.expect(',');
        if (scanner.take('}')) break;
      }
      scanner.skipSpace();
      if (items.length === array.length) throw scanner.fail(`${head.name} has no more elements`);
      items.push(this.value(array.elem));
    }
    while (items.length < array.length) items.push(this.#zero(array.elem));
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

  #interface(): KeyValue {
    const { scanner } = this;
    const bytes = new Uint8Array(16);
    if (scanner.match(/nil\b/) !== undefined)
      return { kind: 'interface', bytes, type: addr(0), value: undefined };
    const start = scanner.at;
    const name = this.#typeName();
    this.#names ??= this.#held();
    const type = this.#names.get(name);
    if (type === undefined) {
      const known = [...this.#names.keys()].sort().join(', ');
      const others = known === '' ? 'its keys hold nothing' : `its keys hold: ${known}`;
      throw scanner.fail(`no key of this map holds ${withArticle(name)}; ${others}`, start);
    }
    return { kind: 'interface', bytes, type, value: this.value(type) };
  }

  /** What the literal's type is; the scanner stays before it. */
  #typeName(): string {
    const { scanner } = this;
    scanner.skipSpace();
    const start = scanner.at;
    const rest = scanner.text.slice(start);
    if (/^["`]/.test(rest)) return 'string';
    if (/^'/.test(rest)) return 'int32';
    if (/^\([-+.\d]/.test(rest)) return 'complex128';
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

const withArticle = (name: string): string => `${/^(?:i|error)/.test(name) ? 'an' : 'a'} ${name}`;

function toBigInt(text: string): bigint {
  const digits = text.replace(/_/g, '').replace(/^\+/, '');
  // In Go a leading 0 makes a number octal.
  const value = BigInt(digits.replace(/^-/, '').replace(/^0(?=[0-7]+$)/, '0o'));
  return digits.startsWith('-') ? -value : value;
}
