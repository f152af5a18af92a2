import type { GoType } from '../../go/debug/go_type.ts';

/** Tells types apart: descriptors, and DWARF entries without one, by name. */
export const typeKey = (type: GoType): number | string => type.descriptor ?? type.fullName;

/** Whether a map can be reached from a value of a type. Answers are remembered. */
export class Reach {
  readonly #known = new Map<number | string, boolean>();
  readonly #functions: boolean;

  /** `functions`: what functions have captured can be read, and may be anything. */
  constructor(functions = false) {
    this.#functions = functions;
  }

  leadsToMap(type: GoType): boolean {
    const key = typeKey(type);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const answer = this.#search(type);
    this.#known.set(key, answer);
    return answer;
  }

  /** Breadth first through all types that this one consists of or points to. */
  #search(type: GoType): boolean {
    const seen = new Set([typeKey(type)]);
    const queue = [type];
    for (let i = 0; i < queue.length; i++) {
      const next = queue[i];
      if (next === undefined) break;
      if (this.#isEnd(next) || this.#known.get(typeKey(next)) === true) return true;
      for (const part of partsOf(next)) {
        const key = typeKey(part);
        if (seen.has(key) || this.#known.get(key) === false) continue;
        seen.add(key);
        queue.push(part);
      }
    }
    return false;
  }

  /** A map, or what may hold one whatever its type says. */
  #isEnd(type: GoType): boolean {
    const { kind } = type;
    return (
      kind === 'map' ||
      kind === 'interface' ||
      (kind === 'func' && this.#functions) ||
      type.fullName === 'sync.Map'
    );
  }
}

function partsOf(type: GoType): readonly GoType[] {
  if (type.kind === 'struct') return (type.fields() ?? []).map((field) => field.type);
  if (type.kind !== 'pointer' && type.kind !== 'slice' && type.kind !== 'array') return [];
  const elem = type.elem();
  return elem === undefined ? [] : [elem];
}
