import { runInContext, createContext } from 'node:vm';
import { MapauditError } from '../../base/errors.ts';
import type { WindowCount } from '../../model/window.ts';
import { processId } from '../../model/process_id.ts';
import { plainKey } from '../../model/plain_key.ts';
import type { ApiEvent, ApiEventFilter } from '../../protocol/api.ts';
import type { ApiTotals } from '../../protocol/api_totals.ts';
import { globMatcher } from '../../query/glob.ts';
import { apiSite } from './api_forms.ts';

/** Which events and counts one client wants. Expressions are judged once for each type and each place. */
export class LiveFilter {
  readonly #filter: ApiEventFilter;
  readonly #map: ((text: string) => boolean) | undefined;
  readonly #site: ((text: string) => boolean) | undefined;
  readonly #key: ((text: string) => boolean) | undefined;

  /** Errors: `bad-parameter`. */
  constructor(filter: ApiEventFilter) {
    this.#filter = filter;
    const { map, site, key } = filter;
    this.#map = map === undefined || isAddress(map) ? undefined : expression('map', map);
    this.#site = site === undefined || isId(site) ? undefined : expression('site', site);
    this.#key = key === undefined ? undefined : globMatcher(key);
  }

  /** Whether a process can have something that is wanted. */
  isOf(process: string): boolean {
    return this.#filter.process === undefined || this.#filter.process === process;
  }

  event(event: ApiEvent): boolean {
    const { process, op, goid, map, site } = this.#filter;
    if (process !== undefined && process !== event.process) return false;
    if (op !== undefined && op !== event.op) return false;
    if (goid !== undefined && goid !== event.goroutine?.id) return false;
    if (map !== undefined && isAddress(map) && map !== event.map.address) return false;
    if (this.#map?.(event.map.type ?? '') === false) return false;
    if (site !== undefined && isId(site) && site !== event.site?.id) return false;
    if (this.#site !== undefined && !this.#site(placeOf(event.site))) return false;
    return this.#key?.(plainKey(event.key?.text ?? '')) !== false;
  }

  /** Totals know processes and operations alone. */
  totals(processes: readonly ApiTotals[]): readonly ApiTotals[] {
    const { op: wanted } = this.#filter;
    const of = processes.filter(({ process }) => this.isOf(process));
    if (wanted === undefined) return of;
    return of.map((totals) => ({ ...totals, counts: totals.counts.filter(({ op }) => op === wanted) }));
  }

  /** Counts know neither keys nor goroutines: of those the filter leaves all. */
  count({ process: of, op: counted, mapType, mapAddress, site: from }: WindowCount): boolean {
    const { process, op, map, site } = this.#filter;
    if (process !== undefined && process !== processId(of)) return false;
    if (op !== undefined && op !== counted) return false;
    if (map !== undefined && isAddress(map) && map !== mapAddress) return false;
    if (this.#map?.(mapType ?? '') === false) return false;
    const place = from === undefined ? undefined : apiSite(from);
    if (site !== undefined && isId(site) && site !== place?.id) return false;
    return this.#site === undefined || this.#site(placeOf(place));
  }
}

const isAddress = (text: string): boolean => /^0x[0-9a-f]+$/u.test(text);
const isId = (text: string): boolean => /^[0-9a-f]{16}$/u.test(text);

const placeOf = (site: { function: string; file?: string; line?: number } | undefined): string =>
  site === undefined ? '' : `${site.function} ${site.file ?? ''}:${site.line ?? ''}`;

/** An expression can take for ever on a short text; this service does other things too. */
const PATIENCE_MS = 250;
const MOST_VERDICTS = 20_000;

/** Error, of the expression as of the text that it took too long on: `bad-parameter`. */
function expression(name: string, source: string): (text: string) => boolean {
  const context = createContext({ source, text: '' });
  try {
    runInContext('expression = new RegExp(source)', context, { timeout: PATIENCE_MS });
  } catch {
    throw bad(name, 'is no regular expression');
  }
  const verdicts = new Map<string, boolean>();
  return (text) => {
    let verdict = verdicts.get(text);
    if (verdict !== undefined) return verdict;
    if (verdicts.size >= MOST_VERDICTS) verdicts.clear();
    context['text'] = text;
    try {
      verdict = runInContext('expression.test(text)', context, { timeout: PATIENCE_MS }) === true;
    } catch {
      throw bad(name, 'takes too long on what is there');
    }
    verdicts.set(text, verdict);
    return verdict;
  };
}

const bad = (name: string, problem: string): MapauditError =>
  new MapauditError('bad-parameter', `the parameter ${name} ${problem}`, { fields: { parameter: name } });
