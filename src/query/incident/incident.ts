import type { Window } from '../../model/window.ts';
import type { TraceEvent } from '../../protocol/event.ts';
import type { GrowthEvent } from '../../protocol/growth.ts';
import type { Race } from '../../protocol/race.ts';
import type { IncidentReport, RateChange, ReportMark, ReportProfile } from '../../protocol/report.ts';
import { clockSetText } from '../../protocol/text/words.ts';
import { GrowthSummary } from './growth_summary.ts';
import { KeyMoves } from './key_moves.ts';
import { mainChange, RateTable, spanOf } from './rate_table.ts';
import { storyOf } from './story.ts';
import { siteText } from './words.ts';

/** Rows of each table. */
const SITES = 30;
const KEYS = 20;

/** What is known of a recording beside its contents. */
export type Frame = Pick<
  IncidentReport,
  'file' | 'mapaudit' | 'host' | 'processes' | 'events' | 'lost' | 'troubles'
>;

/** Makes a report of a recording that is given twice: first without its events, which need to know the main change. */
export class Incident {
  readonly #every: number;
  readonly #rates = new RateTable();
  readonly #growth = new GrowthSummary();
  readonly #marks: ReportMark[] = [];
  readonly #races = new Map<number, string>();
  #keys: KeyMoves | undefined;
  #main: RateChange | undefined;
  #changes: readonly RateChange[] = [];

  /** `every`: one operation in how many has an event. */
  constructor(every: number) {
    this.#every = every;
  }

  window(window: Window): void {
    this.#rates.add(window);
    this.#clockSet(window);
    const lost = window.loss.ringFull;
    if (lost > 0)
      this.#marks.push({
        kind: 'loss',
        at: window.start,
        text: `${lost.toLocaleString('en-US')} events lost`,
      });
  }

  /** After the window at whose end it was. */
  #clockSet({ start, lengthMs, clockSetMs }: Window): void {
    if (clockSetMs === undefined) return;
    this.#marks.push({ kind: 'clock', at: start + lengthMs, text: clockSetText(clockSetMs) });
  }

  growth(event: GrowthEvent): void {
    this.#growth.add(event);
  }

  race({ id, kind, map, sides }: Race): void {
    if (this.#races.has(id)) return;
    const text = `A race on ${map.type ?? 'a map'} (${kind}): ${sides.map((side) => `${side.op} at ${siteText(side.caller ?? {})}`).join(', and ')}.`;
    this.#races.set(id, text);
    const at = Date.parse(sides[0].time);
    if (Number.isFinite(at)) this.#marks.push({ kind: 'race', at, text });
  }

  /** The first reading is over. */
  sift(): void {
    this.#changes = this.#rates.changes();
    this.#main = mainChange(this.#changes);
    const seconds = (this.#rates.to - this.#rates.from) / 1000;
    this.#keys = new KeyMoves(
      this.#main === undefined ? undefined : spanOf(this.#main),
      this.#every,
      seconds,
    );
  }

  /** From the first second to the end of the last, in Unix milliseconds. */
  get span(): { readonly from: number; readonly to: number } {
    return { from: this.#rates.from, to: this.#rates.to };
  }

  /** Of the second reading. */
  event(event: TraceEvent): void {
    this.#keys?.add(event);
  }

  report(frame: Frame, profile?: ReportProfile): IncidentReport {
    const main = this.#main;
    const known = {
      type: 'report' as const,
      ...frame,
      from: this.#rates.from,
      to: this.#rates.to,
      sample: this.#every,
      rates: this.#rates.series(),
      changes: [...this.#changes].sort((a, b) => a.at - b.at),
      ...(main === undefined ? {} : { main }),
      sites: this.#rates.sites(main === undefined ? undefined : spanOf(main)).slice(0, SITES),
      prefixes: this.#keys?.prefixes(KEYS) ?? [],
      keys: this.#keys?.keys(KEYS) ?? [],
      growth: this.#growth.maps(),
      marks: [...this.#marks, ...this.#growth.marks()].sort((a, b) => a.at - b.at),
      races: [...this.#races.values()],
      ...(profile === undefined ? {} : { profile }),
    };
    return { ...known, story: storyOf(known) };
  }
}
