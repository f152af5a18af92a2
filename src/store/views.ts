import { LEVELS } from './levels.ts';

const names = `
  LEFT JOIN processes p ON p.id = w.process
  LEFT JOIN map_types t ON t.id = w.map_type
  LEFT JOIN sites s ON s.id = w.site`;

const WHO = `p.ref AS process, p.pid, p.name`;
const MAP = `t.name AS map_type, printf('0x%x', w.map) AS map`;
const SITE = `s.function, s.file, s.line`;

/** Windows of one level, and of the finer one what is not summed up yet. */
function operations(index: number): string {
  const level = LEVELS[index];
  const finer = LEVELS[index - 1];
  if (level === undefined) return '';
  const columns = 'process, op, map_type, map, site, count, found, not_found, removed';
  const rest =
    finer === undefined
      ? ''
      : ` UNION ALL SELECT time - time % ${level.ms} AS time, ${columns} FROM raw_${finer.ms / 1000}s
          WHERE time >= (SELECT rolled_to FROM levels WHERE ms = ${level.ms})`;
  return `CREATE OR REPLACE VIEW raw_${level.ms / 1000}s AS
    SELECT start AS time, ${columns} FROM ${level.windows}${rest}`;
}

const named = (view: string, index: number): string => `CREATE OR REPLACE VIEW ${view} AS
  SELECT make_timestamp_ms(w.time) AS time, ${WHO}, w.op, ${MAP}, ${SITE}, w.count, w.found, w.not_found, w.removed
  FROM raw_${(LEVELS[index]?.ms ?? 0) / 1000}s w ${names}`;

/** What people ask of with SQL: names in place of numbers, times in place of milliseconds. docs/store.md has them. */
export const VIEWS: readonly string[] = [
  // ClickHouse's name for it.
  'CREATE OR REPLACE MACRO match(text, pattern) AS regexp_matches(text, pattern)',
  operations(0),
  operations(1),
  operations(2),
  named('operations_by_second', 0),
  named('operations_by_minute', 1),
  named('operations_by_hour', 2),
  `CREATE OR REPLACE VIEW sampled_events AS
    SELECT make_timestamp_ns(w.time_ns) AS time, ${WHO}, w.op, w.function AS runtime_function, ${MAP}, w.map_id,
      w.key, w.key_form, w.len, w.found, w.removed, w.goroutine, w.goroutine_start, w.thread, ${SITE}, w.stack,
      w.labels, w.trace_id, w.span_id, w.labels_note, w.sampled_every
    FROM events w ${names}`,
  `CREATE OR REPLACE VIEW growth_steps AS
    SELECT make_timestamp_ms(w.seen_at) AS time, ${WHO}, ${MAP}, w.op, w.cause, w.len, w.size_from, w.size_to, w.unit,
      w.moved, w.moved_bytes, w.duration_ns, ${SITE}
    FROM growth w ${names}`,
  `CREATE OR REPLACE VIEW map_sizes AS
    SELECT make_timestamp_ms(w.seen_at) AS time, ${WHO}, ${MAP}, w.name AS variable, w.entries, w.capacity, w.bytes,
      w.waste_bytes, w.tombstones
    FROM map_states w LEFT JOIN processes p ON p.id = w.process LEFT JOIN map_types t ON t.id = w.map_type`,
  `CREATE OR REPLACE VIEW told_findings AS
    SELECT make_timestamp_ms(w.told_at) AS time, w.id, w.rule, w.severity, w.state, w.title, ${WHO}, ${MAP}, ${SITE},
      w.prefix, w.evidence, make_timestamp_ms(w.since) AS since, make_timestamp_ms(w.fired_at) AS fired_at,
      make_timestamp_ms(w.last_seen) AS last_seen
    FROM findings w ${names}`,
];
