/** A parameter or result of a Go function. */
export interface GoParam {
  readonly name: string;
  readonly type: string;
}

/** A function declaration with a body, as text in a file. */
export interface GoFunction {
  readonly name: string;
  /** `(t *table)`'s parts; undefined for a plain function. */
  readonly receiver: GoParam | undefined;
  readonly params: readonly GoParam[];
  /** What stands between parameters and body, trimmed: `unsafe.Pointer`, `(unsafe.Pointer, bool)` or nothing. */
  readonly results: string;
  /** Offset of the declaration's first character, and behind its closing brace's line. */
  readonly start: number;
  readonly end: number;
  /** Offset behind the opening brace's line. */
  readonly bodyAt: number;
}

/** One declaration a line, as gofmt writes it: the standard library is formatted so. */
const DECLARATION = /^func (?:\((\w+) ([^)]*)\) )?(\w+)\(([^)]*)\)([^\n{]*)\{\n/gm;

/** All top-level functions with bodies of a gofmt-formatted file, in order. */
export function goFunctions(text: string): GoFunction[] {
  return [...text.matchAll(DECLARATION)].flatMap((match) => {
    const [line, receiver, receiverType, name = '', params = '', results = ''] = match;
    const bodyAt = match.index + line.length;
    const brace = text.indexOf('\n}\n', bodyAt - 1);
    if (brace < 0) return [];
    return {
      name,
      receiver: receiver === undefined ? undefined : { name: receiver, type: receiverType ?? '' },
      params: goParams(params),
      results: results.trim(),
      start: match.index,
      end: brace + 3,
      bodyAt,
    };
  });
}

/** `key, zero unsafe.Pointer`: a name without a type has that of the next. */
function goParams(text: string): GoParam[] {
  const found: GoParam[] = [];
  let type = '';
  for (const part of text.split(',').reverse()) {
    const [name = '', ...rest] = part.trim().split(' ');
    if (rest.length > 0) type = rest.join(' ');
    if (name !== '') found.unshift({ name, type });
  }
  return found;
}
