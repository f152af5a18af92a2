import { closest } from '../../../base/closest.ts';
import { MAP_OPS } from '../../../model/map_op.ts';
import {
  FACT_SUBJECTS,
  FIELDS,
  type Group,
  GROUPS,
  type Sign,
  type Subject,
  SUBJECTS,
  type Term,
  type TextQuery,
} from './ast.ts';
import { queryFault } from './fault.ts';
import { durationMs, momentOf } from './moments.ts';
import { EXAMPLE, type Token, tokensOf } from './tokens.ts';

/** Time that is meant where none is named. */
const USUAL_MS = 3_600_000;
const USUAL_TOP = 20;
const MOST_TOP = 10_000;
const LONGEST = 4096;

const SUBJECT_WORDS = [...Object.keys(SUBJECTS), ...FACT_SUBJECTS];
const SIGNS: Readonly<Record<string, Sign>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '~': '~',
  '=~': '~',
  '!~': '!~',
};
const CLAUSES = ['by', 'where', 'last', 'since', 'until', 'top'];

/**
 * Reads a question such as `deletes by site last 10m`. Errors (`usage-query`) point at the place and say what was
 * probably meant.
 *
 *     question = subject [ "by" group { "," group } ] { clause }
 *     clause   = "where" term { "and" term } | "last" DURATION | "since" MOMENT | "until" MOMENT | "top" NUMBER
 *     term     = field ( "=" | "!=" | "~" | "!~" ) ( word | 'text' )
 */
export function parseTextQuery(text: string, now: number): TextQuery {
  if (text.length > LONGEST)
    throw queryFault(text.slice(0, 60), 0, `the question is longer than ${LONGEST} characters`, EXAMPLE);
  return new Parser(text, now).whole();
}

class Parser {
  readonly #text: string;
  readonly #now: number;
  readonly #tokens: readonly Token[];
  #next = 0;
  #by: Group[] = [];
  #where: Term[] = [];
  #last: number | undefined;
  #since: number | undefined;
  #until: number | undefined;
  #top: number | undefined;

  constructor(text: string, now: number) {
    this.#text = text;
    this.#now = now;
    this.#tokens = tokensOf(text);
  }

  whole(): TextQuery {
    const subject = this.#subject();
    const seen = new Set<string>();
    for (let token = this.#take(); token.kind !== 'end'; token = this.#take()) {
      const word = token.text.toLowerCase();
      if (token.kind !== 'word' || !CLAUSES.includes(word))
        throw this.#unknown(token, CLAUSES, 'has no meaning here');
      if (seen.has(word)) throw this.#fault(token, `${word} stands here twice`, 'Say it once.');
      seen.add(word);
      this.#clause(word);
    }
    return {
      text: this.#text,
      subject,
      by: this.#by,
      where: this.#where,
      ...this.#time(),
      top: this.#top ?? USUAL_TOP,
    };
  }

  #subject(): Subject {
    const token = this.#take();
    const word = token.text.toLowerCase();
    const ops = Object.hasOwn(SUBJECTS, word) ? SUBJECTS[word] : undefined;
    if (ops !== undefined) return { kind: 'operations', ops };
    if (word === 'growth' || word === 'findings') return { kind: word };
    if (token.kind === 'end') throw this.#fault(token, 'what is asked for?', EXAMPLE);
    throw this.#unknown(token, SUBJECT_WORDS, 'is nothing that can be asked for');
  }

  #clause(word: string): void {
    switch (word) {
      case 'by':
        do this.#by.push(this.#oneOf(GROUPS, 'is nothing to group by'));
        while (this.#takeText('sign', ','));
        return;
      case 'where':
        do this.#where.push(this.#term());
        while (this.#takeText('word', 'and'));
        return;
      case 'last':
        this.#last = this.#value('a duration', 'last 10m, last 2h, last 7d', durationMs);
        return;
      case 'since':
        this.#since = this.#value('a moment', MOMENTS, (text) => momentOf(text, this.#now));
        return;
      case 'until':
        this.#until = this.#value('a moment', MOMENTS, (text) => momentOf(text, this.#now));
        return;
      default:
        this.#top = this.#value(`a number from 1 to ${MOST_TOP}`, 'top 20', (text) => {
          const top = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
          return top >= 1 && top <= MOST_TOP ? top : undefined;
        });
    }
  }

  #term(): Term {
    const field = this.#oneOf(FIELDS, 'is nothing that can be compared');
    const token = this.#take();
    const sign = token.kind === 'sign' ? SIGNS[token.text] : undefined;
    if (sign === undefined)
      throw this.#fault(token, 'a comparison is missing here', `Use = != ~ or !~: ${field} ~ 'text'.`);
    const value = this.#take();
    if (value.kind !== 'word' && value.kind !== 'text')
      throw this.#fault(
        value,
        `what is ${field} compared with?`,
        `Put it between quotes: ${field} ${sign} 'text'.`,
      );
    if (field === 'op' && sign.endsWith('=') && !MAP_OPS.some((op) => op === value.text))
      throw this.#unknown(value, MAP_OPS, 'is no operation');
    return { field, sign, value: value.text, at: value.at };
  }

  #time(): { readonly from: number; readonly to: number } {
    const end = this.#tokens.at(-1) ?? { kind: 'end', text: '', at: 0 };
    if (this.#last !== undefined && this.#since !== undefined)
      throw this.#fault(end, 'last and since stand beside each other', 'Use one of them.');
    const to = this.#until ?? this.#now;
    const from = this.#since ?? to - (this.#last ?? USUAL_MS);
    if (from >= to) throw this.#fault(end, 'the time ends before it begins', 'since is to be before until.');
    return { from: Math.max(0, from), to };
  }

  #value(what: string, example: string, read: (text: string) => number | undefined): number {
    const token = this.#take();
    // A date and its time may stand apart.
    const more =
      /^\d{4}-\d{2}-\d{2}$/.test(token.text) && /^\d{1,2}:\d{2}/.test(this.#peek().text)
        ? ` ${this.#take().text}`
        : '';
    const value = token.kind === 'end' ? undefined : read(token.text + more);
    if (value !== undefined) return value;
    throw this.#fault(
      token,
      token.kind === 'end' ? `${what} is missing here` : `${token.text} is not ${what}`,
      `For example: ${example}.`,
    );
  }

  #oneOf<T extends string>(words: readonly T[], what: string): T {
    const token = this.#take();
    const found = words.find((word) => word === token.text.toLowerCase());
    if (found !== undefined && token.kind === 'word') return found;
    throw this.#unknown(token, words, what);
  }

  #unknown(token: Token, words: readonly string[], what: string): Error {
    const all = `Use one of ${words.join(', ')}.`;
    if (token.kind === 'end') return this.#fault(token, 'something is missing here', all);
    const near = closest(token.text, words);
    return this.#fault(token, `${token.text} ${what}`, near === undefined ? all : `Did you mean ${near}?`);
  }

  #fault(token: Token, what: string, hint: string): Error {
    return queryFault(this.#text, token.at, what, hint);
  }

  #takeText(kind: Token['kind'], text: string): boolean {
    const token = this.#peek();
    if (token.kind !== kind || token.text.toLowerCase() !== text) return false;
    this.#next++;
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: this.#text.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }
}

const MOMENTS = `since 12:00, since 2026-03-01T12:00:00Z until now`;
