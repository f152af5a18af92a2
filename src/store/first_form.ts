/**
 * The tables of form 1 of a store's file, as text of their own: what a file that was made then has does not change when
 * `TABLES` does. What it is to have now, the migrations after this one make of it.
 */
export const FIRST_FORM: readonly string[] = [
  `CREATE TABLE windows_1s (
    "start" BIGINT, "process" INTEGER, "op" VARCHAR, "map_type" INTEGER, "map" BIGINT, "site" INTEGER,
    "count" BIGINT, "found" BIGINT, "not_found" BIGINT, "removed" BIGINT)`,
  `CREATE TABLE windows_1m (
    "start" BIGINT, "process" INTEGER, "op" VARCHAR, "map_type" INTEGER, "map" BIGINT, "site" INTEGER,
    "count" BIGINT, "found" BIGINT, "not_found" BIGINT, "removed" BIGINT)`,
  `CREATE TABLE windows_1h (
    "start" BIGINT, "process" INTEGER, "op" VARCHAR, "map_type" INTEGER, "map" BIGINT, "site" INTEGER,
    "count" BIGINT, "found" BIGINT, "not_found" BIGINT, "removed" BIGINT)`,
  `CREATE TABLE spans_1s (
    "start" BIGINT, "length" BIGINT, "operations" BIGINT, "ring_full" BIGINT, "sampled" BIGINT)`,
  `CREATE TABLE spans_1m (
    "start" BIGINT, "length" BIGINT, "operations" BIGINT, "ring_full" BIGINT, "sampled" BIGINT)`,
  `CREATE TABLE spans_1h (
    "start" BIGINT, "length" BIGINT, "operations" BIGINT, "ring_full" BIGINT, "sampled" BIGINT)`,
  `CREATE TABLE events (
    "time_ns" BIGINT, "process" INTEGER, "op" VARCHAR, "function" VARCHAR, "map_type" INTEGER,
    "map" BIGINT, "map_id" BIGINT, "on_stack" BOOLEAN, "key" VARCHAR, "key_form" VARCHAR,
    "key_plain" VARCHAR, "len" BIGINT, "found" BOOLEAN, "removed" BIGINT, "goroutine" BIGINT,
    "goroutine_start" VARCHAR, "thread" BIGINT, "site" INTEGER, "inlined" BOOLEAN, "stack" INTEGER,
    "labels" VARCHAR, "trace_id" VARCHAR, "sampled_every" BIGINT)`,
  `CREATE TABLE growth (
    "seen_at" BIGINT, "process" INTEGER, "map_type" INTEGER, "map" BIGINT, "map_id" BIGINT, "op" VARCHAR,
    "cause" VARCHAR, "len" BIGINT, "size_from" BIGINT, "size_to" BIGINT, "unit" VARCHAR, "moved" BIGINT,
    "moved_bytes" BIGINT, "duration_ns" BIGINT, "site" INTEGER)`,
  `CREATE TABLE races (
    "seen_at" BIGINT, "process" INTEGER, "race" BIGINT, "kind" VARCHAR, "map_type" INTEGER, "map" BIGINT,
    "map_id" BIGINT, "key" VARCHAR, "count" BIGINT, "op_a" VARCHAR, "site_a" INTEGER, "goroutine_a" BIGINT,
    "stack_a" INTEGER, "op_b" VARCHAR, "site_b" INTEGER, "goroutine_b" BIGINT, "stack_b" INTEGER)`,
  `CREATE TABLE map_states (
    "seen_at" BIGINT, "process" INTEGER, "map_type" INTEGER, "map" BIGINT, "name" VARCHAR,
    "entries" BIGINT, "capacity" BIGINT, "bytes" BIGINT, "waste_bytes" BIGINT, "tombstones" BIGINT,
    "key_entropy" DOUBLE)`,
  `CREATE TABLE map_looks (
    "seen_at" BIGINT, "process" INTEGER, "maps" BIGINT, "maps_left" BIGINT)`,
  `CREATE TABLE findings (
    "told_at" BIGINT, "id" VARCHAR, "rule" VARCHAR, "severity" VARCHAR, "state" VARCHAR, "title" VARCHAR,
    "process" INTEGER, "map_type" INTEGER, "map" BIGINT, "map_id" BIGINT, "site" INTEGER, "prefix" VARCHAR,
    "evidence" VARCHAR, "since" BIGINT, "fired_at" BIGINT, "last_seen" BIGINT)`,
  `CREATE TABLE costs (
    "seen_at" BIGINT, "process" INTEGER, "share" DOUBLE, "budget" DOUBLE, "sampled_every" BIGINT,
    "keys" BOOLEAN, "reads" BOOLEAN, "ring_fill" DOUBLE, "events" BIGINT, "ring_full" BIGINT,
    "output_slow" BIGINT)`,
  `CREATE TABLE processes (
    "id" INTEGER, "ref" VARCHAR, "pid" BIGINT, "name" VARCHAR, "started" BIGINT, "build_id" VARCHAR)`,
  `CREATE TABLE audits (
    "seen_at" BIGINT, "process" INTEGER, "event" VARCHAR, "exe" VARCHAR, "go_version" VARCHAR,
    "container" VARCHAR, "cgroup" VARCHAR, "probe" VARCHAR)`,
  `CREATE TABLE map_types (
    "id" INTEGER, "name" VARCHAR)`,
  `CREATE TABLE sites (
    "id" INTEGER, "hash" VARCHAR, "function" VARCHAR, "file" VARCHAR, "line" BIGINT)`,
  `CREATE TABLE stack_frames (
    "stack" INTEGER, "depth" INTEGER, "site" INTEGER, "inlined" BOOLEAN, "call" BOOLEAN)`,
  `CREATE TABLE gaps (
    "from_at" BIGINT, "to_at" BIGINT, "cause" VARCHAR, "message" VARCHAR)`,
  `CREATE TABLE levels (ms BIGINT, kept_from BIGINT, rolled_to BIGINT)`,
  `INSERT INTO levels VALUES (1000, 0, 0), (60000, 0, 0), (3600000, 0, 0)`,
  `CREATE TABLE runs (run BIGINT, opened BIGINT, closed BIGINT, written BIGINT)`,
];
