/** Types that DuckDB and ClickHouse (as Int32, Int64, Float64, String, Bool) have in common. */
export type ColumnType = 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'VARCHAR' | 'BOOLEAN';

export type Columns = Readonly<Record<string, ColumnType>>;

const WINDOW: Columns = {
  /** Unix milliseconds, like every column without a unit in its name. */
  start: 'BIGINT',
  process: 'INTEGER',
  op: 'VARCHAR',
  map_type: 'INTEGER',
  map: 'BIGINT',
  site: 'INTEGER',
  count: 'BIGINT',
  found: 'BIGINT',
  not_found: 'BIGINT',
  removed: 'BIGINT',
};

/** Which time was recorded at all: a row for each window that was closed, and what was lost in it. */
const SPAN: Columns = {
  start: 'BIGINT',
  /** Of the time from `start` on, what was recorded, milliseconds. */
  length: 'BIGINT',
  operations: 'BIGINT',
  ring_full: 'BIGINT',
  sampled: 'BIGINT',
};

/**
 * What is written in bulk, as the newest migration leaves it: a change here needs one. There is no key and no index on any of them: both would keep DuckDB from giving back the
 * space of rows that are deleted. Names stand in tables of their own, once, and are meant by number.
 */
export const TABLES = {
  windows_1s: WINDOW,
  windows_1m: WINDOW,
  windows_1h: WINDOW,
  spans_1s: SPAN,
  spans_1m: SPAN,
  spans_1h: SPAN,
  events: {
    /** Unix nanoseconds. */
    time_ns: 'BIGINT',
    process: 'INTEGER',
    op: 'VARCHAR',
    function: 'VARCHAR',
    map_type: 'INTEGER',
    map: 'BIGINT',
    map_id: 'BIGINT',
    on_stack: 'BOOLEAN',
    /** As Go writes it, or the hash of it; null where there is none or it could not be read: see `key_form`. */
    key: 'VARCHAR',
    /** `text`, `cut`, `hash` or `unreadable`; null for an operation without a key. */
    key_form: 'VARCHAR',
    /** The text that a glob is held against where that is not `key` itself: a string without its quotes. */
    key_plain: 'VARCHAR',
    len: 'BIGINT',
    found: 'BOOLEAN',
    removed: 'BIGINT',
    goroutine: 'BIGINT',
    goroutine_start: 'VARCHAR',
    thread: 'BIGINT',
    site: 'INTEGER',
    inlined: 'BOOLEAN',
    stack: 'INTEGER',
    labels: 'VARCHAR',
    trace_id: 'VARCHAR',
    sampled_every: 'BIGINT',
    span_id: 'VARCHAR',
    /** What of the labels is not there, as JSON: `labels_cut`, `labels_missing`, `labels_unreadable` of an event. */
    labels_note: 'VARCHAR',
  },
  growth: {
    seen_at: 'BIGINT',
    process: 'INTEGER',
    map_type: 'INTEGER',
    map: 'BIGINT',
    map_id: 'BIGINT',
    op: 'VARCHAR',
    cause: 'VARCHAR',
    len: 'BIGINT',
    size_from: 'BIGINT',
    size_to: 'BIGINT',
    unit: 'VARCHAR',
    moved: 'BIGINT',
    moved_bytes: 'BIGINT',
    duration_ns: 'BIGINT',
    site: 'INTEGER',
  },
  races: {
    seen_at: 'BIGINT',
    process: 'INTEGER',
    /** Of the run: see `RaceSeen`. */
    race: 'BIGINT',
    kind: 'VARCHAR',
    map_type: 'INTEGER',
    map: 'BIGINT',
    map_id: 'BIGINT',
    key: 'VARCHAR',
    count: 'BIGINT',
    op_a: 'VARCHAR',
    site_a: 'INTEGER',
    goroutine_a: 'BIGINT',
    stack_a: 'INTEGER',
    op_b: 'VARCHAR',
    site_b: 'INTEGER',
    goroutine_b: 'BIGINT',
    stack_b: 'INTEGER',
  },
  map_states: {
    seen_at: 'BIGINT',
    process: 'INTEGER',
    map_type: 'INTEGER',
    map: 'BIGINT',
    name: 'VARCHAR',
    entries: 'BIGINT',
    capacity: 'BIGINT',
    bytes: 'BIGINT',
    waste_bytes: 'BIGINT',
    tombstones: 'BIGINT',
  },
  /** Each look at the maps of a process, and how many there were beyond those in `map_states`. */
  map_looks: { seen_at: 'BIGINT', process: 'INTEGER', maps: 'BIGINT', maps_left: 'BIGINT' },
  /** A finding each time that it was told; of each `id` and `fired_at` the row with the greatest `told_at` is what holds. */
  findings: {
    told_at: 'BIGINT',
    id: 'VARCHAR',
    rule: 'VARCHAR',
    severity: 'VARCHAR',
    state: 'VARCHAR',
    title: 'VARCHAR',
    process: 'INTEGER',
    map_type: 'INTEGER',
    map: 'BIGINT',
    map_id: 'BIGINT',
    site: 'INTEGER',
    prefix: 'VARCHAR',
    /** JSON, as `Finding.evidence`. */
    evidence: 'VARCHAR',
    since: 'BIGINT',
    fired_at: 'BIGINT',
    last_seen: 'BIGINT',
  },
  costs: {
    seen_at: 'BIGINT',
    process: 'INTEGER',
    share: 'DOUBLE',
    budget: 'DOUBLE',
    sampled_every: 'BIGINT',
    keys: 'BOOLEAN',
    reads: 'BOOLEAN',
    ring_fill: 'DOUBLE',
    events: 'BIGINT',
    ring_full: 'BIGINT',
    output_slow: 'BIGINT',
  },
  processes: {
    id: 'INTEGER',
    /** `PID-STARTED` */
    ref: 'VARCHAR',
    pid: 'BIGINT',
    name: 'VARCHAR',
    started: 'BIGINT',
    build_id: 'VARCHAR',
  },
  /** A process that was taken under audit, and when it was let go: two rows, told apart by `event`. */
  audits: {
    seen_at: 'BIGINT',
    process: 'INTEGER',
    /** `joined` or `left`. */
    event: 'VARCHAR',
    exe: 'VARCHAR',
    go_version: 'VARCHAR',
    container: 'VARCHAR',
    cgroup: 'VARCHAR',
    probe: 'VARCHAR',
  },
  map_types: { id: 'INTEGER', name: 'VARCHAR' },
  sites: {
    id: 'INTEGER',
    /** 16 hexadecimal digits: see `siteId`. */
    hash: 'VARCHAR',
    function: 'VARCHAR',
    file: 'VARCHAR',
    line: 'BIGINT',
  },
  stack_frames: {
    stack: 'INTEGER',
    /** 0 is the innermost. */
    depth: 'INTEGER',
    site: 'INTEGER',
    inlined: 'BOOLEAN',
    /** The frame is the call itself, or was inlined into it. */
    call: 'BOOLEAN',
  },
  /** Of a window, or of all in a minute or an hour, for how long operations of a process were not counted, to keep to the budget. */
  uncounted: {
    start: 'BIGINT',
    process: 'INTEGER',
    /** `all` or `reads`. */
    ops: 'VARCHAR',
    /** Milliseconds. */
    ms: 'BIGINT',
  },
  /** Time of which nothing is known although there was a store, and why. */
  gaps: { from_at: 'BIGINT', to_at: 'BIGINT', cause: 'VARCHAR', message: 'VARCHAR' },
} as const satisfies Readonly<Record<string, Columns>>;

export type TableName = keyof typeof TABLES;

/** A cell: numbers for all three number types. */
export type Cell = string | number | bigint | boolean | null;

/** Rows of one table, column by column in the order of its definition. */
export type Row = readonly Cell[];
