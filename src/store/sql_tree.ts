import { FUNCTIONS, TABLE_FUNCTIONS } from './sql_functions.ts';

/** Why a parsed statement (`json_serialize_sql`) may not run: the name of the function that it calls; else undefined. */
export function forbiddenCall(node: unknown): string | undefined {
  const waiting: unknown[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      for (const one of next) waiting.push(one);
      continue;
    }
    const fields = next as Record<string, unknown>;
    const table = fields['type'] === 'TABLE_FUNCTION' ? fields['function'] : undefined;
    const name = table === undefined ? calledBy(fields) : tableCalledBy(table);
    if (name !== undefined) return name;
    for (const [field, value] of Object.entries(fields))
      waiting.push(table !== undefined && field === 'function' ? argumentsOf(value) : value);
  }
  return undefined;
}

function calledBy({ function_name: name }: Record<string, unknown>): string | undefined {
  return typeof name !== 'string' || FUNCTIONS.has(name.toLowerCase()) ? undefined : name;
}

/** A function whose rows are asked for. There is no telling of one whose name cannot be read. */
function tableCalledBy(called: unknown): string | undefined {
  const name = isFields(called) ? called['function_name'] : undefined;
  if (typeof name !== 'string') return 'a function';
  return TABLE_FUNCTIONS.has(name.toLowerCase()) ? undefined : name;
}

/** All of a call but its own name. */
const argumentsOf = (called: unknown): unknown =>
  isFields(called) ? Object.entries(called).flatMap(([f, v]) => (f === 'function_name' ? [] : [v])) : called;

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
