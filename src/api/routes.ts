import { MapauditError } from '../base/errors.ts';
import type { ApiLive, ApiQuestions } from '../protocol/api.ts';
import type { ApiLiveWant } from '../protocol/api_totals.ts';
import type { Asked } from './asked.ts';
import {
  badParameter,
  choiceParameter,
  numberParameter,
  type Parameter,
  textParameter,
} from './parameter.ts';
import {
  EVENT_FILTER,
  EVENT_SLICE,
  eventsOf,
  LIMIT,
  limitOf,
  liveFilterOf,
  MAP,
  MAP_TYPE,
  PROCESS,
  SITE,
  SLICE,
  sliceOf,
  STEP,
  stepOf,
} from './slice.ts';

/** One address beneath /api/v1. Dispatch, checks and the published document are all made of these. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly Parameter<unknown>[];
  /** Name of the schema of what it answers. */
  readonly answers: string;
  readonly how:
    | {
        readonly type: 'json';
        readonly answer: (ask: ApiQuestions, asked: Asked, body: string) => Promise<unknown>;
      }
    | {
        readonly type: 'events';
        readonly open: (ask: ApiQuestions, asked: Asked, signal: AbortSignal) => AsyncIterable<ApiLive>;
      };
}

const BY = choiceParameter('by', 'What makes a series of its own', ['op', 'map_type', 'site', 'process']);
const KEY = textParameter('key', 'The key, as events have it: "sess:91af"', { required: true });
const QUESTION = textParameter('q', 'deletes by site last 10m', { required: true, longest: 2000 });
const TOTALS = numberParameter(
  'totals',
  'What is counted up to now, each so many milliseconds; of processes and operations alone',
  5,
  60_000,
);
const EVENTS = choiceParameter('events', '1: events too, at most 1,000 a message', ['0', '1']);

const required = <T>(parameter: Parameter<T>): Parameter<T> => ({ ...parameter, required: true });
const without = (parameters: readonly Parameter<unknown>[], name: string): readonly Parameter<unknown>[] =>
  parameters.filter((parameter) => parameter.name !== name);

function get(
  path: string,
  answers: string,
  summary: string,
  parameters: readonly Parameter<unknown>[],
  answer: (ask: ApiQuestions, asked: Asked) => Promise<unknown>,
): Route {
  return { method: 'GET', path, summary, parameters, answers, how: { type: 'json', answer } };
}

/** Error: `bad-parameter`, where totals are to be narrowed by what they do not know. */
function liveWantOf(asked: Asked): ApiLiveWant {
  const totalsMs = asked.get(TOTALS);
  const { map, site, key, goid } = liveFilterOf(asked);
  if (totalsMs !== undefined && [map, site, key, goid].some((narrowed) => narrowed !== undefined))
    throw badParameter(
      'totals',
      'are of processes and operations: no map, site, key or goid narrows them',
      'Leave totals out, or ask for them in a stream of their own.',
    );
  return { events: asked.get(EVENTS) === '1', ...(totalsMs === undefined ? {} : { totalsMs }) };
}

/** By the clock of whoever answers: a recording is of another time. */
const nowOf = (ask: ApiQuestions): number => ask.status().now;

/** In the order in which the document lists them. */
export const ROUTES: readonly Route[] = [
  get('/status', 'Status', 'What runs, and what it costs', [], (ask) => Promise.resolve(ask.status())),
  get('/overview', 'Overview', 'All that the first page shows', SLICE, (ask, asked) =>
    ask.overview(sliceOf(asked, nowOf(ask))),
  ),
  get('/rates', 'Rates', 'Counts over time', [...SLICE, BY, STEP, LIMIT], (ask, asked) => {
    const slice = sliceOf(asked, nowOf(ask));
    return ask.rates(slice, asked.get(BY) ?? 'op', stepOf(asked, slice), limitOf(asked));
  }),
  get('/findings', 'Findings', 'What rules found, within the span or still', SLICE, (ask, asked) =>
    ask.findings(sliceOf(asked, nowOf(ask))),
  ),
  get('/map', 'Map', 'One map by its address, or all of a type', SLICE, (ask, asked) => {
    if (asked.get(MAP) === undefined && asked.get(MAP_TYPE) === undefined)
      throw new MapauditError('bad-parameter', 'one of the parameters map and map_type is needed', {
        fields: { parameter: 'map' },
      });
    return ask.map(sliceOf(asked, nowOf(ask)));
  }),
  get(
    '/layout',
    'Layout',
    'How the slots of a map are filled now',
    [required(PROCESS), required(MAP)],
    (ask, asked) => ask.layout(asked.need(PROCESS), asked.need(MAP)),
  ),
  get(
    '/site',
    'SitePage',
    'One line of the program',
    [...without(SLICE, SITE.name), required(SITE)],
    (ask, asked) => ask.site(sliceOf(asked, nowOf(ask))),
  ),
  get(
    '/key',
    'Key',
    'The life of one key, from events that were kept',
    [...SLICE, KEY, LIMIT],
    (ask, asked) => ask.key(sliceOf(asked, nowOf(ask)), asked.need(KEY), limitOf(asked)),
  ),
  get('/events', 'Events', 'The newest events that were kept', [...EVENT_SLICE, LIMIT], (ask, asked) => {
    const { slice, filter } = eventsOf(asked, nowOf(ask));
    return ask.events(slice, filter, limitOf(asked));
  }),
  get('/query', 'Table', 'A question in words', [QUESTION], (ask, asked) => ask.query(asked.need(QUESTION))),
  {
    method: 'POST',
    path: '/sql',
    summary:
      'One statement that reads: {"sql": "SELECT …"} as application/json, or the statement as text/plain',
    parameters: [],
    answers: 'Table',
    how: { type: 'json', answer: (ask, _, body) => ask.sql(body) },
  },
  {
    method: 'GET',
    path: '/live',
    summary: 'What happens now, as server-sent events: one JSON a message',
    parameters: [...EVENT_FILTER, EVENTS, TOTALS],
    answers: 'Live',
    how: {
      type: 'events',
      open: (ask, asked, signal) => ask.live(liveFilterOf(asked), liveWantOf(asked), signal),
    },
  },
];
