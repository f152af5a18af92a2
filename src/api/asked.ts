import { badParameter, type Parameter, Problem } from './parameter.ts';

/** The parameters of one request, checked as they are read. Errors: `bad-parameter`, which names it. */
export class Asked {
  readonly #texts = new Map<string, string>();

  /** Error: a parameter that the address does not have, or one that is given twice. */
  constructor(query: URLSearchParams, known: readonly Parameter<unknown>[]) {
    for (const [name, text] of query) {
      if (!known.some((parameter) => parameter.name === name))
        throw badParameter(
          JSON.stringify(name.slice(0, 40)),
          'is not known here',
          known.length === 0
            ? 'There are none.'
            : `There are ${known.map((parameter) => parameter.name).join(', ')}.`,
        );
      if (this.#texts.has(name)) throw badParameter(name, 'is given twice');
      this.#texts.set(name, text);
    }
    for (const { name, required } of known)
      if (required === true && !this.#texts.has(name)) throw badParameter(name, 'is missing');
  }

  /** Undefined where it is not given. */
  get<T>({ name, parse }: Parameter<T>): T | undefined {
    const text = this.#texts.get(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value instanceof Problem) throw badParameter(name, value.text);
    return value;
  }

  /** Of one that must be there. */
  need<T>(parameter: Parameter<T>): T {
    const value = this.get(parameter);
    if (value === undefined) throw badParameter(parameter.name, 'is missing');
    return value;
  }

  /** As a field of a question: nothing where it is not given. */
  field<N extends string, T>(name: N, parameter: Parameter<T>): { readonly [K in N]?: T } {
    const value = this.get(parameter);
    return (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: T };
  }
}
