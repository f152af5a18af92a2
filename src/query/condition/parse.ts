import { messageOf } from '../../base/errors.ts';
import { closest } from '../../base/closest.ts';
import type { CompareOp, Condition, Operand, Value } from './ast.ts';
import { conditionFault } from './fault.ts';
import { fieldNamed, FIELDS, type FieldName, type FieldType } from './fields.ts';
import { type Token, tokensOf } from './tokens.ts';

const COMPARE: readonly string[] = ['==', '!=', '<', '<=', '>', '>='] satisfies readonly CompareOp[];
const WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!' };
const FIELD_LIST = `Fields are ${FIELDS.map((field) => field.name).join(', ')}.`;

/**
 * Reads a condition such as `len > 1000 && goroutine == 918`. Errors (`usage-condition`) point at the place
 * and say what was probably meant.
 *
 *     or      = and { "||" and }
 *     and     = not { "&&" not }
 *     not     = "!" not | "(" or ")" | operand [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | "=~") operand ]
 *     operand = field | "string" | number | true | false
 */
export function parseCondition(text: string): Condition {
  const parser = new Parser(text);
  return parser.whole();
}

/** How deep conditions may nest: deeper ones are a mistake, and would exhaust the stack. */
const DEEPEST = 100;

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  whole(): Condition {
    const condition = this.#or();
    const rest = this.#peek();
    if (rest.kind === 'end') return condition;
    const joined = WORDS[rest.text.toLowerCase()];
    if (joined !== undefined)
      throw this.#fault(rest.at, `${rest.text} has no meaning here`, `Write ${joined}.`);
    if (rest.text === ')')
      throw this.#fault(rest.at, 'this ) closes nothing', 'Take it out, or add a ( before.');
    throw this.#fault(rest.at, 'the condition should end here', 'Join comparisons with && or ||.');
  }

  #or(): Condition {
    let left = this.#and();
    while (this.#take('||')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Condition {
    let left = this.#not();
    while (this.#take('&&')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Condition {
    if (++this.#depth > DEEPEST)
      throw this.#fault(this.#peek().at, 'this nests too deeply', 'Write it flatter.');
    const condition = this.#unit();
    this.#depth--;
    return condition;
  }

  #unit(): Condition {
    if (this.#take('!')) return { kind: 'not', of: this.#not() };
    const open = this.#peek();
    if (!this.#take('(')) return this.#comparison();
    const condition = this.#or();
    if (!this.#take(')')) throw this.#fault(open.at, 'this ( is never closed', 'Add a ).');
    return condition;
  }

  #comparison(): Condition {
    const left = this.#operand();
    const sign = this.#peek();
    if (this.#take('=~')) return this.#match(left);
    if (sign.kind !== 'sign' || !COMPARE.includes(sign.text)) return this.#truth(left);
    this.#next++;
    const right = this.#operand();
    const op = sign.text as CompareOp;
    this.#check(op, sign.at, left, right);
    return { kind: 'compare', op, left, right };
  }

  #truth(of: Operand): Condition {
    const type = typeOf(of);
    if (type === 'bool') return { kind: 'truth', of };
    const what = of.kind === 'field' ? of.name : 'this value';
    const example = type === 'number' ? '> 1000' : '== "…"';
    throw this.#fault(
      of.at,
      `${what} is not a condition by itself`,
      `Compare it: ${of.kind === 'field' ? of.name : 'len'} ${example}.`,
    );
  }

  #match(left: Operand): Condition {
    const token = this.#peek();
    const right = this.#operand();
    if (left.kind !== 'field' || !['string', 'key'].includes(typeOf(left)))
      throw this.#fault(left.at, '=~ needs a field with text on its left', 'For example: caller =~ "evict".');
    if (token.kind !== 'string')
      throw this.#fault(
        token.at,
        '=~ needs a pattern in quotes on its right',
        'For example: key =~ "^sess:".',
      );
    try {
      return { kind: 'match', field: left.name, pattern: new RegExp(token.text, 'u') };
    } catch (error) {
      const reason = messageOf(error).replace(/^Invalid regular expression: (?:\/.*\/u: )?/s, '');
      throw this.#fault(
        right.at,
        `not a regular expression: ${reason}`,
        'JavaScript syntax; \\ before . * ( [ means the character itself.',
      );
    }
  }

  #operand(): Operand {
    const token = this.#peek();
    const { at } = token;
    if (token.kind === 'end')
      throw this.#fault(
        at,
        'something is missing here',
        'A condition looks like: len > 1000 && goroutine == 918.',
      );
    this.#next++;
    switch (token.kind) {
      case 'string':
        return { kind: 'literal', value: token.text, at };
      case 'number':
        return { kind: 'literal', value: numberOf(token.text), at };
      case 'name':
        return this.#named(token.text, at);
      case 'sign':
        throw this.#fault(at, `before ${token.text} something is missing`, FIELD_LIST);
    }
  }

  #named(name: string, at: number): Operand {
    if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', at };
    const field = fieldNamed(name);
    if (field !== undefined) return { kind: 'field', name: field.name, at };
    const sign = WORDS[name.toLowerCase()];
    if (sign !== undefined) throw this.#fault(at, `${name} has no meaning here`, `Write ${sign}.`);
    throw this.#fault(
      at,
      `there is no field ${name}`,
      meant(
        name,
        FIELDS.map((known) => known.name),
        FIELD_LIST,
      ),
    );
  }

  /** Whether the two sides can be compared at all: `len == "x"` can only be a mistake. */
  #check(op: CompareOp, at: number, left: Operand, right: Operand): void {
    const [a, b] = [typeOf(left), typeOf(right)];
    if (a !== b && ![a, b].includes('key')) {
      const [field, other] = left.kind === 'field' ? [left, right] : [right, left];
      const name = field.kind === 'field' ? field.name : 'the other side';
      throw this.#fault(
        other.at,
        `${name} is a ${WORD_OF[typeOf(field)]}, and this is not`,
        EXAMPLE[typeOf(field)],
      );
    }
    if ((a === 'bool' || b === 'bool') && !['==', '!='].includes(op))
      throw this.#fault(at, `${op} does not fit a truth value`, 'Write found, !found, or found == true.');
    this.#checkValue(left, right);
    this.#checkValue(right, left);
  }

  /** A field with few values: no other can ever be equal. */
  #checkValue(side: Operand, literal: Operand): void {
    if (side.kind !== 'field' || literal.kind !== 'literal') return;
    const values = fieldNamed(side.name)?.values;
    const { value, at } = literal;
    if (values === undefined || values.includes(String(value))) return;
    const list = `It is one of ${values.join(', ')}.`;
    throw this.#fault(at, `${side.name} is never "${String(value)}"`, meant(String(value), values, list));
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: this.#text.length };
  }

  #take(sign: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== 'sign' || text !== sign) return false;
    this.#next++;
    return true;
  }

  #fault(at: number, what: string, hint: string): Error {
    return conditionFault(this.#text, at, what, hint);
  }
}

const WORD_OF: Readonly<Record<FieldType, string>> = {
  number: 'number',
  string: 'text',
  bool: 'truth value',
  key: 'key',
};

const EXAMPLE: Readonly<Record<FieldType, string>> = {
  number: 'Write numbers without quotes: len > 1000.',
  string: 'Write texts between quotes: op == "delete".',
  bool: 'Write true or false without quotes: found == true.',
  key: 'Write key == "sess:91af" or key == 42.',
};

function typeOf(operand: Operand): FieldType {
  if (operand.kind === 'field') return fieldType(operand.name);
  if (typeof operand.value === 'string') return 'string';
  return typeof operand.value === 'boolean' ? 'bool' : 'number';
}

const fieldType = (name: FieldName): FieldType => fieldNamed(name)?.type ?? 'string';

function meant(word: string, candidates: readonly string[], list: string): string {
  const near = closest(word, candidates);
  return near === undefined ? list : `Did you mean ${near}? ${list}`;
}

/** Integers exactly, whatever their size. */
function numberOf(text: string): Value {
  const plain = text.replaceAll('_', '');
  const value = Number(plain);
  if (Number.isSafeInteger(value) || !/^-?(?:0[xX][\da-fA-F]+|\d+)$/.test(plain)) return signed(plain, value);
  return BigInt(plain);
}

/** `Number('-0x10')` is NaN. */
const signed = (text: string, value: number): number =>
  Number.isNaN(value) && text.startsWith('-') ? -Number(text.slice(1)) : value;
