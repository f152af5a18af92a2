import { MapauditError } from '../../../base/errors.ts';
import type { Ask, SqlValue } from '../../../store/index.ts';
import { eventCondition, list, sitesMatching, typesMatching } from '../event_condition.ts';
import { matching } from '../safe_regex.ts';
import type { Condition } from '../slice.ts';
import type { Term, TextQuery } from './ast.ts';
import { queryFault } from './fault.ts';

/** The terms of a question as a condition on rows with the columns process, op, map_type, map and site. */
export async function termsCondition(
  ask: Ask,
  { text, where }: TextQuery,
  table: 'operations' | 'events' | 'growth' | 'findings',
): Promise<Condition> {
  const parts: string[] = [];
  const values: Record<string, SqlValue> = {};
  for (const [i, term] of where.entries()) {
    const not = term.sign.startsWith('!') ? 'NOT ' : '';
    const one = await located(text, term, () => partOf(ask, text, term, table, `term${i}`));
    parts.push(` AND ${not}(${one.sql})`);
    Object.assign(values, one.values);
  }
  return { sql: parts.join(''), values };
}

/** A fault of a value points at it. */
async function located(text: string, term: Term, make: () => Promise<Condition>): Promise<Condition> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof MapauditError) || error.code.startsWith('usage-')) throw error;
    throw queryFault(text, term.at, error.message, error.hint ?? '');
  }
}

async function partOf(ask: Ask, text: string, term: Term, table: string, name: string): Promise<Condition> {
  const { field, sign, value, at } = term;
  const isPattern = sign.endsWith('~');
  const plain = (sql: string): Condition => ({ sql, values: { [name]: value } });
  switch (field) {
    case 'site':
      return {
        sql: `coalesce(site, 0) IN (${list(isPattern ? await sitesMatching(ask, value) : await sitesCalled(ask, value))})`,
        values: {},
      };
    case 'type':
      if (!isPattern)
        return plain(`coalesce(map_type, 0) IN (SELECT id FROM map_types WHERE name = {${name}:String})`);
      return {
        sql: `coalesce(map_type, 0) IN (${list(await typesMatching(ask, 'type', value))})`,
        values: {},
      };
    case 'map': {
      const address = /^0x[0-9a-f]{1,13}$/i.test(value) ? Number(value) : undefined;
      if (address !== undefined && !isPattern) return { sql: `coalesce(map, 0) = ${address}`, values: {} };
      // By the name of the variable that holds it, where one was found.
      const rows = await ask(
        'SELECT DISTINCT process, map_type, map, name FROM map_states WHERE name IS NOT NULL',
      );
      const fits = isPattern
        ? matching(
            'map',
            value,
            rows.map((row) => String(row['name'])),
          )
        : rows.map((row) => row['name'] === value);
      return { sql: isOneOf(rows.filter((_, i) => fits[i] === true)), values: {} };
    }
    case 'process': {
      const rows = await ask('SELECT id, ref, pid, name FROM processes');
      const names = rows.map((row) => String(row['name']));
      const fits = isPattern
        ? matching('process', value, names)
        : rows.map((row) => [row['ref'], String(row['pid']), row['name']].includes(value));
      return {
        sql: `process IN (${list(rows.filter((_, i) => fits[i] === true).map((row) => Number(row['id'])))})`,
        values: {},
      };
    }
    case 'op':
      if (table === 'findings')
        throw queryFault(text, at, 'findings have no operation', 'Compare rule, site, type, map or process.');
      if (isPattern)
        throw queryFault(text, at, 'an operation is compared with = or !=', "For example: op = 'delete'.");
      return plain(`op = {${name}:String}`);
    case 'key': {
      if (table !== 'events')
        throw queryFault(
          text,
          at,
          'counts know no keys: those are known of sampled events alone',
          'Add by key, or ask with key filters: mapaudit serve, /events?key=.',
        );
      if (!isPattern) return plain(`coalesce(key_plain, key) = {${name}:String} OR key = {${name}:String}`);
      const { sql, values } = await eventCondition(ask, { key: value });
      return {
        sql: sql.replace(/^ AND /, '').replaceAll('{key:', `{${name}:`),
        values: { [name]: values['key'] ?? null },
      };
    }
    case 'rule':
      if (table !== 'findings')
        throw queryFault(
          text,
          at,
          'only findings have a rule',
          "For example: findings where rule = 'delete-storm'.",
        );
      return isPattern ? plain(`match(rule, {${name}:String})`) : plain(`rule = {${name}:String}`);
  }
}

/** Another process, or another type at another time, may have had a map at the same address. */
function isOneOf(maps: readonly Readonly<Record<string, unknown>>[]): string {
  if (maps.length === 0) return 'false';
  // The type of an operation is not always known.
  const those = maps.flatMap(({ process, map_type: type, map }) =>
    [...new Set([Number(type ?? 0), 0])].map((one) => `(${Number(process)}, ${one}, ${Number(map)})`),
  );
  return `(process, coalesce(map_type, 0), coalesce(map, 0)) IN (${those.join(', ')})`;
}

/** Sites by function, by `file:line`, or by both. */
async function sitesCalled(ask: Ask, value: string): Promise<readonly number[]> {
  const rows = await ask('SELECT id, hash, function, file, line FROM sites');
  return rows
    .filter((row) => {
      const [name, place] = [String(row['function']), `${row['file'] ?? ''}:${row['line'] ?? ''}`];
      return (
        [name, place, `${name} ${place}`, row['hash']].includes(value) ||
        (value.includes(':') && place.endsWith(`/${value}`))
      );
    })
    .map((row) => Number(row['id']));
}
