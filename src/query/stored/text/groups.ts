import type { SqlTable, SqlValue, SqlRow } from '../../../store/index.ts';
import { addressText, type Names, NO_TYPE } from '../names.ts';
import type { Group } from './ast.ts';

type Column = SqlTable['columns'][number];

/** A group as SQL groups by it, and as a table shows it. */
export interface GroupForm {
  /** Expressions with the names that rows have them under. */
  readonly select: readonly (readonly [expression: string, name: string])[];
  readonly columns: readonly Column[];
  readonly cells: (row: SqlRow, names: Names) => readonly SqlValue[];
}

const text = (name: string): Column => ({ name, kind: 'text' });

const every = (name: string, ms: number, time: string): GroupForm => ({
  select: [[`${time} - ${time} % ${ms}`, `slot_${name}`]],
  columns: [{ name, kind: 'time' }],
  cells: (row) => [row[`slot_${name}`] ?? null],
});

/** `time`: the column of the rows' time in milliseconds. */
export function groupForm(group: Group, time: string): GroupForm {
  switch (group) {
    case 'site':
      return {
        select: [['coalesce(site, 0)', 'site']],
        columns: [text('site'), text('file'), { name: 'line', kind: 'number' }],
        cells: (row, names) => {
          const site = names.site(row['site']);
          return [site?.function ?? 'unknown', site?.file ?? null, site?.line ?? null];
        },
      };
    case 'type':
      return {
        select: [['coalesce(map_type, 0)', 'map_type']],
        columns: [text('type')],
        cells: (row, names) => [names.type(row['map_type']) ?? NO_TYPE],
      };
    case 'map':
      return {
        select: [
          ['coalesce(map, 0)', 'map'],
          ['coalesce(map_type, 0)', 'map_type'],
          ['process', 'process'],
        ],
        columns: [text('map'), text('type'), text('process')],
        cells: (row, names) => [
          addressText(row['map']) ?? null,
          names.type(row['map_type']) ?? NO_TYPE,
          names.process(row['process']),
        ],
      };
    case 'process':
      return {
        select: [['process', 'process']],
        columns: [text('process')],
        cells: (row, names) => [names.process(row['process'])],
      };
    case 'op':
    case 'key':
    case 'rule':
      return { select: [[group, group]], columns: [text(group)], cells: (row) => [row[group] ?? null] };
    case 'second':
      return every('second', 1000, time);
    case 'minute':
      return every('minute', 60_000, time);
    case 'hour':
      return every('hour', 3_600_000, time);
    case 'found':
      // It makes columns, not rows.
      return { select: [], columns: [], cells: () => [] };
  }
}
