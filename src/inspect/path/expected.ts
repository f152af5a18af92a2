import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Addr } from '../../model/addr.ts';

const MOST_DEPTH = 3;
const INTEGER = /^u?int(?:8|16|32|64|ptr)?$/;

/** How a key of a type is written, for messages: `"text"`, `main.pair{A: 1, B: 1}`. */
export function exampleOf(types: TypeReader, type: Addr, depth = 0): string {
  const head = types.head(type);
  if (head === undefined || depth > MOST_DEPTH) return '…';
  const { kind } = head;
  if (kind === 'string') return '"text"';
  if (kind === 'bool') return 'true';
  if (INTEGER.test(kind)) return '42';
  if (kind.startsWith('float')) return '1.5';
  if (kind.startsWith('complex')) return '(1+2i)';
  if (kind === 'interface') return '"text"';
  if (kind === 'struct') {
    const fields = (types.fields(type) ?? []).filter(({ name }) => name !== '_');
    const parts = fields.map((field) => `${field.name}: ${exampleOf(types, field.type, depth + 1)}`);
    return `${head.name}{${parts.join(', ')}}`;
  }
  const array = kind === 'array' ? types.array(type) : undefined;
  if (array === undefined) return '0xc000010000';
  const one = exampleOf(types, array.elem, depth + 1);
  const more = array.length > 2 ? ', …' : '';
  return `${head.name}{${Array.from({ length: Math.min(array.length, 2) }, () => one).join(', ')}${more}}`;
}
