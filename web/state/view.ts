import { MAP_OPS, type MapOp } from '../../src/protocol/map_op.ts';
import { durationText, parseDuration } from '../text/duration.ts';

export const PAGES = ['overview', 'map', 'site', 'key', 'live', 'compare', 'query'] as const;
export type Page = (typeof PAGES)[number];

/** From and to, Unix milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** `last`: ends now and moves on. */
export type Range = { readonly type: 'last'; readonly ms: number } | ({ readonly type: 'span' } & Span);

/** What a comparison has a row for. */
export const COMPARED = ['site', 'map_type', 'op'] as const;
export type Compared = (typeof COMPARED)[number];

/** All that decides what is seen: it stands in the address, so that a link shows the same. */
export interface View {
  readonly page: Page;
  readonly range: Range;
  readonly process?: string | undefined;
  readonly op?: MapOp | undefined;
  readonly mapType?: string | undefined;
  readonly map?: string | undefined;
  readonly site?: string | undefined;
  readonly key?: string | undefined;
  /** Of the tail: as the flags of `trace` mean them. */
  readonly mapPattern?: string | undefined;
  readonly sitePattern?: string | undefined;
  readonly keyGlob?: string | undefined;
  readonly goid?: number | undefined;
  /** Of a comparison: the earlier range; absent: as long, just before. */
  readonly before?: Span | undefined;
  readonly by?: Compared | undefined;
  /** Of a comparison: the row that the chart shows. */
  readonly pick?: string | undefined;
  readonly question?: string | undefined;
}

export const DEFAULT_RANGE: Range = { type: 'last', ms: 15 * 60_000 };

/** Fields that are texts, and their names in the address. */
const TEXTS = [
  ['process', 'process'],
  ['mapType', 'type'],
  ['map', 'map'],
  ['site', 'site'],
  ['key', 'key'],
  ['mapPattern', 'map_re'],
  ['sitePattern', 'site_re'],
  ['keyGlob', 'key_glob'],
  ['pick', 'pick'],
  ['question', 'q'],
] as const;

/** `#/map?last=15m&map=0xc000123450`. What makes no sense is left out. */
export function parseView(fragment: string): View {
  const [path = '', search = ''] = split(fragment.replace(/^#\/?/, ''));
  const given = new URLSearchParams(search);
  const texts: { [name in (typeof TEXTS)[number][0]]?: string } = {};
  for (const [field, name] of TEXTS) {
    const value = given.get(name);
    if (value !== null && value !== '') texts[field] = value;
  }
  const goid = Number(given.get('goid') ?? Number.NaN);
  return {
    page: PAGES.find((page) => page === path) ?? 'overview',
    range: parseRange(given),
    ...texts,
    op: MAP_OPS.find((op) => op === given.get('op')),
    goid: Number.isSafeInteger(goid) && goid > 0 ? goid : undefined,
    before: parseSpan(given.get('before_from'), given.get('before_to')),
    by: COMPARED.find((by) => by === given.get('by')),
  };
}

/** The fragment that `parseView` reads as this view. */
export function fragmentOf(view: View): string {
  const out = new URLSearchParams();
  if (view.range.type === 'last') out.set('last', durationText(view.range.ms));
  else addSpan(out, '', view.range);
  if (view.op !== undefined) out.set('op', view.op);
  for (const [field, name] of TEXTS) {
    const value = view[field];
    if (value !== undefined && value !== '') out.set(name, value);
  }
  if (view.goid !== undefined) out.set('goid', String(view.goid));
  if (view.before !== undefined) addSpan(out, 'before_', view.before);
  if (view.by !== undefined) out.set('by', view.by);
  return `#/${view.page}?${out.toString()}`;
}

/** What stands in an address and could not be read: parts of it, as they are written. */
export function leftOut(fragment: string): readonly string[] {
  const [path = '', search = ''] = split(fragment.replace(/^#\/?/, ''));
  const view = parseView(fragment);
  const read = new URLSearchParams(split(fragmentOf(view))[1]);
  const isRead = (name: string, value: string): boolean =>
    name === 'last' ? parseDuration(value) !== undefined : read.has(name);
  const parts = [...new URLSearchParams(search)].filter(
    ([name, value]) => value !== '' && !isRead(name, value),
  );
  return [
    ...(path === '' || path === view.page ? [] : [path]),
    ...parts.map(([name, value]) => `${name}=${value}`),
  ];
}

/** Another page over the same time, of the same process. */
export function linked(view: View, page: Page, changes: Partial<View> = {}): View {
  return { page, range: view.range, process: view.process, ...changes };
}

function split(text: string): readonly string[] {
  const at = text.indexOf('?');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function parseRange(given: URLSearchParams): Range {
  const span = parseSpan(given.get('from'), given.get('to'));
  if (span !== undefined) return { type: 'span', ...span };
  const ms = parseDuration(given.get('last') ?? '');
  return ms === undefined ? DEFAULT_RANGE : { type: 'last', ms };
}

function parseSpan(from: string | null, to: string | null): Span | undefined {
  if (from === null || to === null) return undefined;
  const span = { from: Date.parse(from), to: Date.parse(to) };
  return span.to > span.from ? span : undefined;
}

function addSpan(out: URLSearchParams, prefix: string, { from, to }: Span): void {
  out.set(`${prefix}from`, new Date(from).toISOString());
  out.set(`${prefix}to`, new Date(to).toISOString());
}
