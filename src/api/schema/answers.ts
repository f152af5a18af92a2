import { API_VERSION } from '../../protocol/api.ts';
import {
  ADDRESS,
  answer,
  BOOL,
  COUNT,
  type JsonSchema,
  list,
  NUMBER,
  object,
  ref,
  said,
  TEXT,
  TIME,
} from './json_schema.ts';

/** What each address answers. */
export const ANSWERS: Readonly<Record<string, JsonSchema>> = {
  Status: answer(
    'status',
    {
      version: TEXT,
      api: { const: API_VERSION },
      now: TIME,
      began: TIME,
      processes: list(ref('Process')),
      cost: list(ref('Cost')),
      events: COUNT,
      lost: object({
        ring_full: COUNT,
        output_slow: COUNT,
        sinks: list(object({ sink: TEXT, dropped: COUNT })),
      }),
      notices: list(ref('Notice')),
    },
    {
      store: object({ bytes: COUNT }, { oldest: TIME, trouble: TEXT }),
      to_come: said(COUNT, 'Processes that were found and are still to be looked at; absent: none'),
      recording: said(
        object(
          { file: TEXT, from: TIME, to: TIME, whole: { type: 'boolean' } },
          { mapaudit: TEXT, host: TEXT, sampled_every: COUNT },
        ),
        'What is shown is a recording: now is its end, and began its beginning',
      ),
    },
  ),
  Rates: answer(
    'rates',
    {
      at: TIME,
      step: said(COUNT, 'Milliseconds; at + i * step is where point i begins'),
      series: list(ref('Series')),
      other: said(COUNT, 'Counts of what is not among the series: sums stay exact'),
      recorded: said(list(COUNT), 'Of each step, milliseconds that were recorded: what a rate is over'),
    },
    { uncounted: said(list(COUNT), 'Of each step, milliseconds in which not everything was counted') },
  ),
  Overview: answer('overview', {
    slice: ref('Slice'),
    rates: ref('Rates'),
    sites: list(ref('TopSite')),
    sites_left: COUNT,
    maps: list(ref('TopMap')),
    maps_left: COUNT,
    findings: list(ref('Finding')),
    loss: object({ ring_full: COUNT, sampled: COUNT, uncounted: list(ref('Uncounted')) }),
  }),
  Findings: answer('findings', { findings: list(ref('Finding')) }),
  Map: answer(
    'map',
    {
      map_type: TEXT,
      process: TEXT,
      rates: ref('Rates'),
      sizes: list(object({ at: TIME, entries: COUNT }, { bytes: COUNT, waste_bytes: COUNT })),
      growth: list(ref('Growth')),
      growth_left: COUNT,
      writers: list(ref('TopSite')),
      readers: list(ref('TopSite')),
      keys: list(ref('KeyCount')),
    },
    { map: ADDRESS, name: TEXT },
  ),
  Layout: answer('layout', {
    map: ADDRESS,
    kind: { enum: ['classic', 'swiss'] },
    entries: COUNT,
    slots: COUNT,
    tombstones: COUNT,
    every: { type: 'integer', minimum: 1 },
    groups: { ...list(object({ full: NUMBER, deleted: NUMBER }, { overflow: COUNT })), maxItems: 4096 },
  }),
  SitePage: answer(
    'site',
    {
      site: ref('Site'),
      rates: ref('Rates'),
      maps: list(ref('TopMap')),
      keys: list(ref('KeyCount')),
      stacks: list(object({ frames: list(ref('Site')), sampled: COUNT })),
      stacks_left: COUNT,
    },
    { source: object({ from: COUNT, lines: list(TEXT), newer: BOOL }) },
  ),
  Key: answer('key', { key: TEXT, sampled_every: COUNT, events: list(ref('Event')), left: COUNT }),
  Events: answer('events', { events: list(ref('Event')), left: COUNT }),
  Table: answer(
    'table',
    {
      columns: list(object({ name: TEXT, kind: { enum: ['text', 'number', 'time', 'bool'] } })),
      rows: list(list({ type: ['string', 'number', 'boolean', 'null'] })),
      left: COUNT,
      took_ms: NUMBER,
    },
    { uncounted: list(ref('Uncounted')) },
  ),
  Live: {
    anyOf: [
      answer(
        'window',
        { start: TIME, length_ms: COUNT, counts: list(ref('Count')) },
        { uncounted: list(ref('Uncounted')) },
      ),
      answer('events', {
        events: { ...list(ref('Event')), maxItems: 1000 },
        skipped: said(COUNT, 'Events that there were and that are not in any message'),
      }),
      answer('totals', {
        at: TIME,
        processes: list(
          object(
            { process: TEXT, counts: list(object({ op: ref('Op'), count: COUNT })) },
            { uncounted: { enum: ['all', 'reads'] } },
          ),
        ),
      }),
      answer('finding', { finding: ref('Finding') }),
      answer('status', { status: ref('Status') }),
    ],
  },
  Error: answer('error', { code: TEXT, message: TEXT }, { hint: TEXT }),
};
