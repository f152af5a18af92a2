/** Functions that make rows out of nothing but their arguments. All others may read files, settings, or change them. */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'json_each',
  'json_tree',
]);

/** Functions that do more than give a value. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  'nextval',
  'currval',
  'setseed',
  'sleep_ms',
  'write_log',
  'getenv',
  'current_setting',
  'json_execute_serialized_sql',
  'getvariable',
]);

/** Why a parsed statement (`json_serialize_sql`) may not run: the name of the function that it calls; else undefined. */
export function forbiddenCall(node: unknown): string | undefined {
  const waiting: unknown[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) {
      const name = calledBy(next);
      if (name !== undefined) return name;
    }
    waiting.push(...(Object.values(next) as unknown[]));
  }
  return undefined;
}

function calledBy(node: object): string | undefined {
  const { type, function: called, function_name: name } = node as Record<string, unknown>;
  if (type === 'TABLE_FUNCTION') {
    const table = functionName(called);
    return TABLE_FUNCTIONS.has(table) ? undefined : table;
  }
  return typeof name === 'string' && FUNCTIONS.has(name.toLowerCase()) ? name : undefined;
}

function functionName(called: unknown): string {
  const name =
    typeof called === 'object' && called !== null
      ? (called as Record<string, unknown>)['function_name']
      : undefined;
  return typeof name === 'string' ? name.toLowerCase() : 'a function';
}
