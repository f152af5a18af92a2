import { editDistance } from '../../base/edit_distance.ts';

/** A function name without type arguments (`Map[go.shape.int]` is `Map`), and with the linker's escapes undone. */
export function plainName(name: string): string {
  let plain = '';
  let depth = 0;
  for (const char of name) {
    if (char === '[') depth++;
    if (depth === 0) plain += char;
    if (char === ']' && depth > 0) depth--;
  }
  // The last element of an import path has its dots escaped: `gopkg.in/yaml%2ev3.Marshal`.
  return plain.replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** What was found for a function's name. */
export type FunctionMatch =
  | { readonly kind: 'one'; readonly name: string }
  | { readonly kind: 'many'; readonly names: readonly string[] }
  | { readonly kind: 'none'; readonly near: readonly string[] };

/**
 * Which function a user means: the whole name, or its end from an element of the path (`shop.(*Cache).evict`)
 * or from a dot on (`evict`); the first of these rules under which something is found decides. Type arguments
 * do not count: all instances of a generic function are one. What the linker or compiler has made for a type
 * (`type:.eq.fmt.fmt`) is meant by its whole name alone.
 */
export function matchFunction(asked: string, names: Iterable<string>): FunctionMatch {
  const wanted = plainName(asked);
  const plain = new Set<string>();
  for (const name of names) plain.add(plainName(name));
  const all = [...plain];
  const written = all.filter((name) => !MADE_FOR_A_TYPE.test(name));
  const rules: readonly ((name: string) => boolean)[] = [
    (name) => name === wanted,
    (name) => name.endsWith(`/${wanted}`),
    (name) => name.endsWith(`.${wanted}`),
  ];
  for (const rule of rules) {
    const found = rule === rules[0] ? all.filter(rule) : written.filter(rule);
    const [only] = found;
    if (found.length === 1 && only !== undefined) return { kind: 'one', name: only };
    if (found.length > 1) return { kind: 'many', names: found.sort() };
  }
  return { kind: 'none', near: nearest(wanted, written) };
}

/** cmd/compile/internal/reflectdata/alg.go, of go1.18–1.27: `type..eq.`, from 1.20 on `type:.eq.`. */
const MADE_FOR_A_TYPE = /^type(?::|\.)\.(?:eq|hash(?:var)?)\./;

/** Suggestions are few enough to be read. */
const MAX_NEAR = 3;

/**
 * The names that are most like what was typed. Compared are as many of their last parts as were typed, without
 * the marks of a pointer receiver, which are easily left out.
 */
function nearest(wanted: string, names: readonly string[]): string[] {
  const typed = partsOf(wanted);
  const text = typed.join('.');
  const limit = Math.max(2, Math.floor(text.length / 3));
  const scored = names.flatMap((name) => {
    const candidate = partsOf(name).slice(-typed.length).join('.');
    if (Math.abs(candidate.length - text.length) > limit) return [];
    const distance = editDistance(text, candidate);
    return distance > limit ? [] : [{ name, distance }];
  });
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, MAX_NEAR).map(({ name }) => name);
}

/** `example.com/shop.(*Cache).evict` -> `shop`, `cache`, `evict`. */
function partsOf(name: string): string[] {
  const short = name.slice(name.lastIndexOf('/') + 1);
  return short.toLowerCase().replaceAll(/[(*)]/g, '').split('.');
}

/** Whether a function is the one that is meant, or a closure or loop body in it, which are functions of their own. */
export function belongsTo(name: string, wanted: string): boolean {
  const plain = plainName(name);
  if (!plain.startsWith(wanted)) return false;
  const rest = plain.slice(wanted.length);
  return rest === '' || /^(-range\d+|\.(func|gowrap|deferwrap)\d+)/.test(rest);
}

/** The files that a path can mean: the whole path, or its end from an element on. */
export function matchFiles(asked: string, files: readonly string[]): string[] {
  const wanted = asked.replace(/^(\.\/)+/, '');
  const exact = files.filter((file) => file === wanted);
  return exact.length > 0 ? exact : files.filter((file) => file.endsWith(`/${wanted}`)).sort();
}

/** Files whose last element is most like the one that was typed. */
export function nearestFiles(asked: string, files: readonly string[]): string[] {
  const last = (file: string): string => file.slice(file.lastIndexOf('/') + 1).toLowerCase();
  const wanted = last(asked);
  return files
    .map((file) => ({ file, distance: editDistance(wanted, last(file)) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_NEAR)
    .map(({ file }) => file);
}
