import type { Ask, SqlRow, SqlTable, SqlValue } from '../../../store/index.ts';
import type { ApiSlice, ApiUncounted } from '../../../protocol/api.ts';
import { findingsOf, FOUND_WITHIN } from '../findings.ts';
import { Names } from '../names.ts';
import { sourceOf } from '../source.ts';
import type { Group, TextQuery } from './ast.ts';
import { termsCondition } from './conditions.ts';
import { countedTime, uncountedBy } from './counted.ts';
import { queryFault } from './fault.ts';
import { groupForm } from './groups.ts';
import { parseTextQuery } from './parse.ts';

type Column = SqlTable['columns'][number];

/** What is counted of each group: an expression, its name, and how a table shows it. */
interface Measure {
  readonly expression: string;
  readonly column: Column;
  /** Digits that are shown of it, where not all are. */
  readonly digits?: number;
}

const number = (expression: string, name: string): Measure => ({
  expression,
  column: { name, kind: 'number' },
});

/** A table, and for how long what it counts was not counted: its counts are of the rest, its rates over it. */
export type TextTable = SqlTable & { readonly uncounted?: readonly ApiUncounted[] };

const rate = (expression: string, name: string): Measure => ({ ...number(expression, name), digits: 4 });

/** Answers a question in words. Error: `usage-query`. */
export async function textQuery(ask: Ask, text: string, now: number): Promise<TextTable> {
  const query = parseTextQuery(text, now);
  const { subject, by } = query;
  const no = (group: Group, instead: string): void => {
    if (by.includes(group))
      throw queryFault(
        text,
        text.indexOf(group),
        `${subject.kind} ${subject.kind === 'growth' ? 'is' : 'are'} not known by ${group}`,
        `Ask for ${instead}.`,
      );
  };
  switch (subject.kind) {
    case 'operations':
      no('rule', 'findings by rule');
      return by.includes('key') ? await keyTable(ask, query) : await operationTable(ask, query);
    case 'growth':
      no('rule', 'findings by rule');
      no('key', 'assigns by key');
      no('found', 'deletes by found');
      return await growthTable(ask, query);
    case 'findings':
      no('key', 'deletes by key');
      no('found', 'deletes by found');
      no('op', 'operations by op');
      return await findingTable(ask, query);
  }
}

const opsOf = ({ subject }: TextQuery): string =>
  subject.kind === 'operations' ? `op IN (${subject.ops.map((op) => `'${op}'`).join(', ')})` : '1 = 1';

async function operationTable(ask: Ask, query: TextQuery): Promise<TextTable> {
  const { by, subject, from, to } = query;
  const step = by.includes('second') ? 1000 : by.includes('minute') ? 60_000 : 3_600_000;
  const source = await sourceOf(ask, { from, to }, step);
  const { sql, values } = await termsCondition(ask, query, 'operations');
  const { uncounted, perSecond } = await countedTime(ask, query, source);
  const groups: readonly Group[] =
    by.length === 0 && subject.kind === 'operations' && subject.ops.length > 1 ? ['op'] : by;
  const known = by.includes('found')
    ? [
        number('sum(found)', 'found'),
        number('sum(not_found)', 'not_found'),
        number('sum(count) - sum(found) - sum(not_found)', 'unknown'),
      ]
    : [];
  const isOverTime = by.some((group) => ['second', 'minute', 'hour'].includes(group));
  const rates = isOverTime ? [] : [rate(perSecond, 'per_second')];
  const measures = [number('sum(count)', 'count'), ...known, ...rates];
  const rows = `${source.windows} w WHERE ${opsOf(query)}${sql}`;
  return saying(await grouped(ask, query, groups, rows, values, measures, 'start'), uncounted);
}

const saying = (table: SqlTable, uncounted: readonly ApiUncounted[]): TextTable =>
  uncounted.length === 0 ? table : { ...table, uncounted };

/** Of sampled events: what a key was not captured for is not there. */
async function keyTable(ask: Ask, query: TextQuery): Promise<TextTable> {
  const { sql, values } = await termsCondition(ask, query, 'events');
  const { from, to, by } = query;
  const rows = `events w WHERE time_ns >= {from:Int64} * 1000000 AND time_ns < {to:Int64} * 1000000
    AND key_form IN ('text', 'cut') AND ${opsOf(query)}${sql}`;
  const known = by.includes('found')
    ? [
        number('sum(CASE WHEN found THEN 1 ELSE 0 END)', 'found'),
        number('sum(CASE WHEN NOT found THEN 1 ELSE 0 END)', 'not_found'),
      ]
    : [];
  const measures = [number('count(*)', 'sampled'), ...known];
  const time = '(time_ns - time_ns % 1000000) / 1000000';
  const table = await grouped(ask, query, by, rows, { ...values, from, to }, measures, time);
  return saying(table, await uncountedBy(ask, query, query));
}

async function growthTable(ask: Ask, query: TextQuery): Promise<TextTable> {
  const { sql, values } = await termsCondition(ask, query, 'growth');
  const { from, to, by } = query;
  const rows = `growth w WHERE seen_at >= {from:Int64} AND seen_at < {to:Int64}${sql}`;
  const measures = [
    number('count(*)', 'steps'),
    number('sum(moved_bytes)', 'moved_bytes'),
    number('sum(duration_ns) / 1000000.0', 'duration_ms'),
  ];
  const groups: readonly Group[] = by.length === 0 ? ['op'] : by;
  const table = await grouped(ask, query, groups, rows, { ...values, from, to }, measures, 'seen_at');
  return saying(table, await uncountedBy(ask, query, query));
}

/** Groups, the largest first. */
async function grouped(
  ask: Ask,
  query: TextQuery,
  by: readonly Group[],
  rows: string,
  values: Readonly<Record<string, SqlValue>>,
  measures: readonly Measure[],
  time: string,
): Promise<SqlTable> {
  const forms = by.map((group) => groupForm(group, time));
  const select = new Map(
    forms.flatMap((form) => form.select.map(([expression, name]) => [name, expression] as const)),
  );
  const keys = [...select.values()];
  const columns = [
    ...[...select].map(([name, expression]) => `${expression} AS ${name}`),
    ...measures.map(({ expression }, i) => `${expression} AS measure_${i}`),
    'count(*) OVER () AS all_groups',
  ];
  // Without groups SQL has a sum of nothing, too.
  const group = keys.length === 0 ? ' HAVING count(*) > 0' : ` GROUP BY ${keys.join(', ')}`;
  const times = [...select.keys()].filter((name) => name.startsWith('slot_'));
  const order = [
    ...times,
    'measure_0 DESC',
    ...[...select.keys()].filter((name) => !times.includes(name)),
  ].join(', ');
  const all = `SELECT ${columns.join(', ')} FROM ${rows}${group}`;
  const found = await ask(`${all} ORDER BY ${order} LIMIT ${query.top}`, values);
  const names = await new Names(ask).of(found);
  const cells = (row: SqlRow): SqlValue[] => [
    ...forms.flatMap((form) => form.cells(row, names)),
    ...measures.map(({ digits }, i) => rounded(row[`measure_${i}`] ?? null, digits)),
  ];
  return {
    columns: [...forms.flatMap((form) => form.columns), ...measures.map(({ column }) => column)],
    rows: found.map(cells),
    left: Math.max(0, Number(found[0]?.['all_groups'] ?? 0) - found.length),
  };
}

const rounded = (cell: SqlValue, digits?: number): SqlValue =>
  cell === null || digits === undefined ? cell : Number(Number(cell).toPrecision(digits));

const FINDINGS = 10_000;

async function findingTable(ask: Ask, query: TextQuery): Promise<SqlTable> {
  const { from, to, by, top } = query;
  if (by.length > 0) {
    const { sql, values } = await termsCondition(ask, query, 'findings');
    const rows = `(SELECT DISTINCT id, fired_at, rule, process, map_type, map, site FROM findings
      WHERE ${FOUND_WITHIN}${sql}) w`;
    return await grouped(
      ask,
      query,
      by,
      rows,
      { ...values, from, to },
      [number('count(*)', 'findings')],
      'fired_at',
    );
  }
  const slice: ApiSlice = { from, to };
  const condition = await termsCondition(ask, query, 'findings');
  const found = await findingsOf(ask, slice, FINDINGS, condition);
  return {
    columns: [
      { name: 'fired', kind: 'time' },
      { name: 'state', kind: 'text' },
      { name: 'severity', kind: 'text' },
      { name: 'rule', kind: 'text' },
      { name: 'title', kind: 'text' },
      { name: 'process', kind: 'text' },
    ],
    rows: found
      .slice(0, top)
      .map(({ fired_at, state, severity, rule, title, process }) => [
        fired_at,
        state,
        severity,
        rule,
        title,
        process,
      ]),
    left: Math.max(0, found.length - top),
  };
}
