import type { ApiEventFilter, ApiLimit, ApiSlice } from '../protocol/api.ts';
import type { Asked } from './asked.ts';
import {
  badParameter,
  formParameter,
  numberParameter,
  OP,
  type Parameter,
  Problem,
  regexParameter,
  textParameter,
  timeParameter,
} from './parameter.ts';

const FROM = timeParameter('from', 'Where the span begins; without it a quarter of an hour before its end');
const TO = timeParameter('to', 'Where the span ends; what is of this moment is left out. Without it: now');
export const PROCESS = formParameter(
  'process',
  'A process, as `id` names it',
  /^\d{1,10}(-\d{0,16})?$/u,
  'PID-STARTED',
);
export const MAP_TYPE = textParameter('map_type', 'Exact name of a map type');
export const MAP = formParameter('map', 'Address of a map', /^0x[0-9a-f]{1,16}$/u, '0xc000123450');
export const SITE = formParameter(
  'site',
  'A line of the program, as `id` names it',
  /^[0-9a-f]{16}$/u,
  '16 hexadecimal digits',
);

/** What a question about the past may be narrowed to. */
export const SLICE: readonly Parameter<unknown>[] = [FROM, TO, PROCESS, OP, MAP_TYPE, MAP, SITE];

const QUARTER_HOUR = 15 * 60_000;

/** The slice of a request. Error: `bad-parameter`, where it ends before it begins. */
export function sliceOf(asked: Asked, now: number): ApiSlice {
  return {
    ...spanOf(asked, now),
    ...asked.field('process', PROCESS),
    ...asked.field('op', OP),
    ...asked.field('map_type', MAP_TYPE),
    ...asked.field('map', MAP),
    ...asked.field('site', SITE),
  };
}

function spanOf(asked: Asked, now: number): Pick<ApiSlice, 'from' | 'to'> {
  const to = asked.get(TO) ?? now;
  const from = asked.get(FROM) ?? Math.max(0, to - QUARTER_HOUR);
  if (from >= to) throw badParameter('from', 'is not before to');
  return { from, to };
}

/** Answers that have more points are of no use to a picture, and too large. */
const MOST_POINTS = 20_000;
/** What a picture has room for. */
const WANTED_POINTS = 600;
const SECOND = 1000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

export const STEP: Parameter<number> = {
  name: 'step',
  description: 'Milliseconds a point, whole seconds; without it so long that some hundred points come',
  schema: { type: 'integer', minimum: SECOND },
  parse: (text) =>
    /^[1-9]\d{3,11}$/.test(text) && Number(text) % SECOND === 0
      ? Number(text)
      : new Problem('is no multiple of 1000 milliseconds'),
};

/** The step of a request. Error: `bad-parameter`, where it makes too many points. */
export function stepOf(asked: Asked, { from, to }: ApiSlice): number {
  const step = asked.get(STEP) ?? fittingStep(to - from);
  if ((to - from) / step > MOST_POINTS)
    throw badParameter('step', `makes more than ${MOST_POINTS} points of this span`, 'Take a longer step.');
  return step;
}

function fittingStep(span: number): number {
  const seconds = span / SECOND / WANTED_POINTS;
  const step = STEPS.find((one) => one >= seconds);
  return (step ?? Math.ceil(seconds / 86_400) * 86_400) * SECOND;
}

export const LIMIT = numberParameter('limit', 'How long the list may be', 1, 1000);

export const limitOf = (asked: Asked): ApiLimit => asked.field('limit', LIMIT);

const MAP_OR_PATTERN = regexParameter('map', "Address of a map, or a regular expression on the map's type");
const SITE_OR_PATTERN = regexParameter(
  'site',
  'A line by its `id`, or a regular expression on `function file:line`',
);
const KEY = textParameter('key', "Glob on the key's text: sess:*");
const GOID = numberParameter('goid', 'A goroutine', 1, Number.MAX_SAFE_INTEGER);

/** Which events are meant; an address and an id say which map and which line exactly. */
export const EVENT_FILTER: readonly Parameter<unknown>[] = [
  PROCESS,
  OP,
  MAP_OR_PATTERN,
  SITE_OR_PATTERN,
  KEY,
  GOID,
];

/** What narrows the past, and beside it the filter on single events. */
export const EVENT_SLICE: readonly Parameter<unknown>[] = [FROM, TO, MAP_TYPE, ...EVENT_FILTER];

const isAddress = (text: string | undefined): boolean => text !== undefined && /^0x[0-9a-f]+$/u.test(text);
const isId = (text: string | undefined): boolean => text !== undefined && /^[0-9a-f]{16}$/u.test(text);

/** `map` and `site` as given: an address or an id among them is the filter's to understand. */
export function liveFilterOf(asked: Asked): ApiEventFilter {
  return {
    ...asked.field('process', PROCESS),
    ...asked.field('op', OP),
    ...asked.field('map', MAP_OR_PATTERN),
    ...asked.field('site', SITE_OR_PATTERN),
    ...asked.field('key', KEY),
    ...asked.field('goid', GOID),
  };
}

/** An exact map and an exact line narrow the slice, expressions are left to the filter. */
export function eventsOf(asked: Asked, now: number): { slice: ApiSlice; filter: ApiEventFilter } {
  const { map, site, ...filter } = liveFilterOf(asked);
  const slice = {
    ...spanOf(asked, now),
    ...asked.field('process', PROCESS),
    ...asked.field('op', OP),
    ...asked.field('map_type', MAP_TYPE),
    ...(map !== undefined && isAddress(map) ? { map } : {}),
    ...(site !== undefined && isId(site) ? { site } : {}),
  };
  return {
    slice,
    filter: {
      ...filter,
      ...(map !== undefined && !isAddress(map) ? { map } : {}),
      ...(site !== undefined && !isId(site) ? { site } : {}),
    },
  };
}
