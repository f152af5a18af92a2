import { MAP_OPS } from '../../model/map_op.ts';
import {
  ADDRESS,
  BOOL,
  COUNT,
  type JsonSchema,
  list,
  NUMBER,
  object,
  ref,
  said,
  SHARE,
  TEXT,
  TIME,
} from './json_schema.ts';

const PROBE: JsonSchema = { enum: ['kernel', 'inline', 'build'] };
const GROWTH_OPS: JsonSchema = { enum: ['grow', 'evacuate', 'rehash', 'split', 'prune', 'clear'] };

const frame = object({ function: TEXT, inlined: BOOL }, { file: TEXT, line: COUNT });

/** What answers are made of: the types of src/protocol/api.ts, in its order. */
export const PARTS: Readonly<Record<string, JsonSchema>> = {
  Op: { enum: MAP_OPS },
  Slice: object(
    { from: TIME, to: TIME },
    { process: TEXT, op: ref('Op'), map_type: TEXT, map: ADDRESS, site: TEXT },
  ),
  Process: object(
    { id: said(TEXT, 'PID-STARTED'), pid: COUNT, name: TEXT },
    {
      started: TIME,
      exe: TEXT,
      go_version: TEXT,
      build_id: TEXT,
      container: TEXT,
      cgroup: TEXT,
      probe: PROBE,
      joined: TIME,
      left: TIME,
    },
  ),
  Site: object(
    { id: { type: 'string', pattern: '^[0-9a-f]{16}$' }, function: TEXT },
    { file: TEXT, line: COUNT },
  ),
  Series: object(
    { name: TEXT, total: COUNT, points: list({ type: ['integer', 'null'], minimum: 0 }) },
    { op: ref('Op'), site: ref('Site'), map_type: TEXT },
  ),
  Uncounted: object({ process: TEXT, ops: { enum: ['all', 'reads'] }, ms: COUNT }),
  Count: object({ op: ref('Op'), count: COUNT }, { found: COUNT, not_found: COUNT }),
  TopSite: object(
    { site: ref('Site'), process: TEXT, counts: list(ref('Count')), total: COUNT },
    { map_type: TEXT },
  ),
  TopMap: object(
    { map_type: TEXT, process: TEXT, counts: list(ref('Count')), total: COUNT },
    { map: ADDRESS, name: TEXT, entries: COUNT, bytes: COUNT, waste_bytes: COUNT },
  ),
  Finding: object(
    {
      id: TEXT,
      rule: TEXT,
      severity: { enum: ['info', 'warning', 'critical'] },
      state: { enum: ['firing', 'resolved'] },
      title: TEXT,
      process: TEXT,
      evidence: list(object({ text: TEXT, from: TIME, to: TIME })),
      since: TIME,
      fired_at: TIME,
      last_seen: TIME,
    },
    { map_type: TEXT, map: ADDRESS, site: ref('Site'), prefix: TEXT },
  ),
  Growth: object(
    { at: TIME, op: GROWTH_OPS },
    { trigger: TEXT, len: COUNT, from: COUNT, to: COUNT, duration_ns: COUNT, site: ref('Site') },
  ),
  KeyCount: object({ key: TEXT, op: ref('Op'), sampled: COUNT }),
  Event: object(
    {
      type: { const: 'event' },
      time: said(TEXT, 'RFC 3339 with nanoseconds, UTC'),
      op: ref('Op'),
      function: TEXT,
      map: object({}, { id: COUNT, address: ADDRESS, type: TEXT, on_stack: { const: true } }),
      thread: COUNT,
      process: TEXT,
    },
    {
      pid: COUNT,
      key: object({}, { text: TEXT, truncated: BOOL, hash: TEXT, unreadable: { const: true } }),
      len: COUNT,
      found: BOOL,
      removed: COUNT,
      goroutine: object({ id: COUNT }, { start: TEXT }),
      caller: frame,
      stack: list(frame),
      facts: { type: 'object' },
      site: ref('Site'),
      labels: { type: 'object', additionalProperties: TEXT },
      labels_cut: list(TEXT),
      labels_missing: COUNT,
      labels_unreadable: { const: true },
      trace_id: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      span_id: { type: 'string', pattern: '^[0-9a-f]{16}$' },
    },
  ),
  Cost: object(
    {
      process: TEXT,
      share: said(NUMBER, "Of the process's CPU time: 0.01 is one percent"),
      budget: NUMBER,
      sampled_every: COUNT,
      keys: BOOL,
      reads: BOOL,
      ring_fill: SHARE,
    },
    { paused: { const: true }, found_unknown: COUNT },
  ),
  Notice: object({ at: TIME, message: TEXT }, { hint: TEXT, code: TEXT }),
};
