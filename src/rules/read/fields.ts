import { isMap, isScalar, isSeq, type LineCounter, type Node, type Pair, type YAMLMap } from 'yaml';
import { type Problems, suggestion } from './problems.ts';
import { parseDuration, parseRate, parseShare, parseTimes } from './units.ts';

/** What all readers of one file share. */
export interface Source {
  readonly lines: LineCounter;
  readonly problems: Problems;
}

/** A field that is there. */
interface Found {
  readonly node: Node;
  readonly name: string;
}

/** The fields of one mapping of the file. Every read notes what is wrong and goes on; what is left over is unknown. */
export class Fields {
  readonly #source: Source;
  readonly #node: Node;
  readonly #what: string;
  readonly #pairs = new Map<string, Pair>();
  readonly #known = new Set<string>();

  constructor(node: YAMLMap, what: string, source: Source) {
    this.#source = source;
    this.#node = node;
    this.#what = what;
    for (const pair of node.items) {
      const key: unknown = isScalar(pair.key) ? pair.key.value : undefined;
      if (typeof key === 'string') this.#pairs.set(key, pair);
      else this.#problem(pair.key, `a name of a field is expected in ${what}`);
    }
  }

  get names(): readonly string[] {
    return [...this.#pairs.keys()];
  }

  has(name: string): boolean {
    return this.#pairs.has(name);
  }

  text(name: string): string | undefined {
    const found = this.#find(name);
    if (found === undefined) return undefined;
    const value = scalarOf(found.node);
    if (typeof value === 'string' && value !== '') return value;
    this.#wrong(found, 'a text');
    return undefined;
  }

  bool(name: string, fallback: boolean): boolean {
    const found = this.#find(name);
    if (found === undefined) return fallback;
    const value = scalarOf(found.node);
    if (typeof value === 'boolean') return value;
    this.#wrong(found, 'true or false');
    return fallback;
  }

  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const found = this.#find(name);
    return found === undefined ? undefined : this.#wordOf(found, words);
  }

  /** One word, or a list of them. */
  words<T extends string>(name: string, words: readonly T[]): readonly T[] | undefined {
    const found = this.#find(name);
    if (found === undefined) return undefined;
    if (!isSeq(found.node)) {
      const word = this.#wordOf(found, words);
      return word === undefined ? undefined : [word];
    }
    const all = found.node.items.flatMap((item) => {
      const word = this.#wordOf({ name, node: item as Node }, words);
      return word === undefined ? [] : [word];
    });
    if (found.node.items.length === 0) this.#wrong(found, 'at least one word');
    return [...new Set(all)];
  }

  /** Texts; `undefined` when the field is not there. */
  texts(name: string): readonly string[] | undefined {
    const found = this.#find(name);
    if (found === undefined) return undefined;
    if (!isSeq(found.node)) {
      this.#wrong(found, 'a list of texts');
      return;
    }
    return found.node.items.flatMap((item) => {
      const value = scalarOf(item as Node);
      if (typeof value === 'string' || typeof value === 'number') return [String(value)];
      this.#wrong({ name, node: item as Node }, 'a text');
      return [];
    });
  }

  /** A mapping of texts. */
  textMap(name: string): Readonly<Record<string, string>> {
    const found = this.#find(name);
    if (found === undefined) return {};
    if (!isMap(found.node)) {
      this.#wrong(found, 'fields with texts');
      return {};
    }
    const fields = new Fields(found.node, name, this.#source);
    return Object.fromEntries(
      fields.names.flatMap((key) => {
        const text = fields.text(key);
        return text === undefined ? [] : [[key, text]];
      }),
    );
  }

  /** `10s`, in milliseconds. */
  duration(name: string): number | undefined {
    return this.#parsed(name, parseDuration, 'a time such as 500ms, 10s, 5m or 1h');
  }

  /** `500` or `500/s`, a second. */
  rate(name: string): number | undefined {
    return this.#parsed(name, parseRate, 'a number a second such as 500 or 500/s');
  }

  /** `85%` or `0.85`. */
  share(name: string): number | undefined {
    return this.#parsed(name, parseShare, 'a share such as 85% or 0.85');
  }

  /** `5` or `5x`. */
  times(name: string): number | undefined {
    return this.#parsed(name, parseTimes, 'a factor such as 5 or 5x');
  }

  /** A whole number from 1 on. */
  count(name: string): number | undefined {
    const parse = (value: unknown): number | undefined =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : undefined;
    return this.#parsed(name, parse, 'a whole number from 1 on');
  }

  /** A regular expression of JavaScript. */
  regex(name: string): RegExp | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    try {
      return new RegExp(text, 'u');
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
      this.problemAt(name, `${name} is no regular expression: ${why}`);
      return undefined;
    }
  }

  map(name: string): Fields | undefined {
    const found = this.#find(name);
    if (found === undefined) return undefined;
    if (isMap(found.node)) return new Fields(found.node, name, this.#source);
    this.#wrong(found, 'fields');
    return undefined;
  }

  /** A list of mappings. */
  maps(name: string, what: string): readonly Fields[] {
    const found = this.#find(name);
    if (found === undefined) return [];
    if (!isSeq(found.node)) {
      this.#wrong(found, 'a list');
      return [];
    }
    return found.node.items.flatMap((item) => {
      if (isMap(item)) return [new Fields(item, what, this.#source)];
      this.#problem(item, `${what} is expected here, with fields of its own`);
      return [];
    });
  }

  /** The field has to be there. */
  needs(name: string, hint: string): void {
    this.#known.add(name);
    if (!this.#pairs.has(name)) this.#problem(this.#node, `${this.#what} has no ${name}`, hint);
  }

  problemAt(name: string, message: string, hint?: string): void {
    const pair = this.#pairs.get(name);
    this.#problem(pair?.value ?? pair?.key ?? this.#node, message, hint);
  }

  /** Notes every field that nobody has asked for. */
  done(): void {
    for (const [name, pair] of this.#pairs)
      if (!this.#known.has(name))
        this.#problem(
          pair.key,
          `${this.#what} has no field "${name}"`,
          suggestion(name, [...this.#known].sort()),
        );
  }

  #find(name: string): Found | undefined {
    this.#known.add(name);
    const node = this.#pairs.get(name)?.value;
    return node === undefined || node === null ? undefined : { node: node as Node, name };
  }

  #parsed<T>(name: string, parse: (value: unknown) => T | undefined, wanted: string): T | undefined {
    const found = this.#find(name);
    if (found === undefined) return undefined;
    const value = parse(scalarOf(found.node));
    if (value === undefined) this.#wrong(found, wanted);
    return value;
  }

  #wordOf<T extends string>(found: Found, words: readonly T[]): T | undefined {
    const value = scalarOf(found.node);
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    if (typeof value !== 'string') {
      this.#wrong(found, `one of ${words.join(', ')}`);
      return undefined;
    }
    this.#problem(found.node, `"${value}" is no ${found.name}`, suggestion(value, words));
    return undefined;
  }

  #wrong({ node, name }: Found, wanted: string): undefined {
    this.#problem(node, `${name} must be ${wanted}`);
    return undefined;
  }

  #problem(node: unknown, message: string, hint?: string): void {
    const [start] = (node as Partial<Node> | null)?.range ?? this.#node.range ?? [0];
    const { line, col } = this.#source.lines.linePos(start);
    this.#source.problems.add({ line, column: col, message, ...(hint === undefined ? {} : { hint }) });
  }
}

const scalarOf = (node: Node): unknown => (isScalar(node) ? node.value : undefined);
