import type { ApiFinding, ApiSlice } from '../../protocol/api.ts';
import { type Ask, type SqlRow, TOLD_LAST } from '../../store/index.ts';
import { addressText, Names } from './names.ts';
import { type Condition, conditionOf } from './slice.ts';

/** Of what was told of findings, SQL of a condition: within {from} and {to}, or told last, and firing still. */
export const FOUND_WITHIN = `fired_at < {to:Int64} AND (last_seen >= {from:Int64}
  OR (state = 'firing' AND ${TOLD_LAST}))`;

/** Those that fired within the slice, or fire still: each as it was told last, the newest first. */
export async function findingsOf(
  ask: Ask,
  slice: ApiSlice,
  limit: number,
  more?: Condition,
): Promise<readonly ApiFinding[]> {
  // A finding has no operation: one that is asked for leaves none out.
  const { op: _, ...rest } = slice;
  const { sql, values } = conditionOf(rest);
  const rows = await ask(
    `SELECT * FROM findings
     WHERE fired_at < {to:Int64} AND ${TOLD_LAST}
       AND (state = 'firing' OR last_seen >= {from:Int64} OR fired_at >= {from:Int64})${sql}${more?.sql ?? ''}
     ORDER BY fired_at DESC, id, state LIMIT ${limit}`,
    { ...values, ...more?.values, from: slice.from, to: slice.to },
  );
  const names = await new Names(ask).of(rows);
  // Where it was over within the millisecond in which it fired, that is what holds.
  const findings = new Map<string, ApiFinding>();
  for (const row of rows)
    findings.set(`${String(row['id'])} ${String(row['fired_at'])}`, findingOf(row, names));
  return [...findings.values()];
}

function findingOf(row: SqlRow, names: Names): ApiFinding {
  const text = (column: string): string => String(row[column]);
  const number = (column: string): number => Number(row[column]);
  const type = names.type(row['map_type']);
  const map = addressText(row['map']);
  const site = names.site(row['site']);
  const severity =
    (['info', 'warning', 'critical'] as const).find((one) => one === row['severity']) ?? 'info';
  return {
    id: text('id'),
    rule: text('rule'),
    severity,
    state: row['state'] === 'firing' ? 'firing' : 'resolved',
    title: text('title'),
    process: names.process(row['process']),
    ...(type === undefined ? {} : { map_type: type }),
    ...(map === undefined ? {} : { map }),
    ...(site === undefined ? {} : { site }),
    ...(typeof row['prefix'] === 'string' ? { prefix: row['prefix'] } : {}),
    evidence: JSON.parse(text('evidence')) as ApiFinding['evidence'],
    since: number('since'),
    fired_at: number('fired_at'),
    last_seen: number('last_seen'),
  };
}
