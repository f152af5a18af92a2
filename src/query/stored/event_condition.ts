import { MapauditError, messageOf } from '../../base/errors.ts';
import type { ApiEventFilter } from '../../protocol/api.ts';
import type { Ask, SqlValue } from '../../store/index.ts';
import { globMatcher, globRe2 } from '../glob.ts';
import { matching } from './safe_regex.ts';
import { checkSlice, type Condition } from './slice.ts';

/** Which rows of `events` a filter means. Errors: `regex`, `regex-slow`, `glob`, `slice`. */
export async function eventCondition(ask: Ask, filter: ApiEventFilter): Promise<Condition> {
  const parts: string[] = [];
  const values: Record<string, SqlValue> = {};
  const { key, map, site, op, process, goid } = filter;
  if (map !== undefined) parts.push(`map_type IN (${list(await typesMatching(ask, 'map', map))})`);
  if (site !== undefined) {
    const ids = list(await sitesMatching(ask, site));
    parts.push(
      `(site IN (${ids}) OR stack IN (SELECT stack FROM stack_frames WHERE call AND site IN (${ids})))`,
    );
  }
  if (op !== undefined) {
    checkSlice({ from: 0, to: 1, op });
    parts.push('op = {filter_op:String}');
    values['filter_op'] = op;
  }
  if (process !== undefined) {
    parts.push('process IN (SELECT id FROM processes WHERE ref = {filter_process:String})');
    values['filter_process'] = process;
  }
  if (goid !== undefined) {
    parts.push('goroutine = {goid:Int64}');
    values['goid'] = goid;
  }
  if (key !== undefined) {
    parts.push(`key_form IN ('text', 'cut') AND match(coalesce(key_plain, key), {key:String})`);
    values['key'] = checkedGlob(key);
  }
  return { sql: parts.map((part) => ` AND ${part}`).join(''), values };
}

/** RE2 of the database matches it, in a time that grows with the key alone. Error: `glob`. */
function checkedGlob(glob: string): string {
  try {
    globMatcher(glob);
  } catch (error) {
    throw new MapauditError('glob', `${JSON.stringify(glob)} is not a glob`, {
      hint: '* is any text, ? one character, [a-z] one of a set; \\ before a character means the character itself.',
      cause: messageOf(error),
    });
  }
  return globRe2(glob);
}

/** Numbers of the types whose name matches. */
export async function typesMatching(ask: Ask, what: string, text: string): Promise<readonly number[]> {
  const rows = await ask('SELECT id, name FROM map_types');
  const fits = matching(
    what,
    text,
    rows.map(({ name }) => String(name)),
  );
  return rows.filter((_, i) => fits[i] === true).map(({ id }) => Number(id));
}

/** Numbers of the sites whose `function file:line` matches. */
export async function sitesMatching(ask: Ask, text: string): Promise<readonly number[]> {
  const rows = await ask('SELECT id, function, file, line FROM sites');
  const names = rows.map((row) => `${String(row['function'])} ${row['file'] ?? ''}:${row['line'] ?? ''}`);
  const fits = matching('site', text, names);
  return rows.filter((_, i) => fits[i] === true).map(({ id }) => Number(id));
}

/** A list that is never empty: no row has the number -1. */
export const list = (ids: readonly number[]): string => (ids.length === 0 ? '-1' : ids.join(', '));
