import { lockWords } from './lock_words.ts';
import type { EventMap } from '../../protocol/event.ts';
import type { Race, RaceSide, Shared, Writing } from '../../protocol/race.ts';
import type { Summary } from '../../protocol/summary.ts';
import { mapLabel, placeLabel } from '../../protocol/text/labels.ts';
import { counted, grouped } from '../../protocol/text/numbers.ts';
import type { Style } from '../output/style.ts';
import { goroutineText, keyText, stackLines } from './event_text.ts';
import { LocalTime } from './local_time.ts';
import { lostText, runEndText } from './summary_text.ts';

/** Findings of `race`, a block of lines each. */
export class RaceText {
  readonly #style: Style;
  readonly #width: () => number | undefined;
  readonly #time = new LocalTime();
  /** Races that were told with their stacks. */
  readonly #told = new Set<string>();

  constructor(style: Style, width: () => number | undefined) {
    this.#style = style;
    this.#width = width;
  }

  lines(line: Race | Writing | Shared): readonly string[] {
    if (line.type === 'shared') return this.#shared(line);
    const name = `${line.type} ${line.id}`;
    if (this.#told.has(name)) return this.#again(line);
    this.#told.add(name);
    return line.type === 'race' ? this.#race(line) : this.#writing(line);
  }

  #race(race: Race): readonly string[] {
    const { id, kind, map, len, sides } = race;
    const size = len === undefined ? '' : ` · ${counted(len, 'entry', 'entries')}`;
    return [
      '',
      `${this.#style.bad(`RACE ${id}`)} ${this.#style.bold(`${kind} on ${nameOf(map)}`)}${size}${keysText(race)}`,
      ...sides.flatMap((side) => this.#side(side)),
    ];
  }

  #writing({ map, side }: Writing): readonly string[] {
    return [
      '',
      `${this.#style.bad('RACE')} ${this.#style.bold(`while ${nameOf(map)} was being written`)} · the runtime's own mark was set by another goroutine`,
      ...this.#side(side),
    ];
  }

  #side(side: RaceSide): readonly string[] {
    const key = side.key === undefined ? '' : ` ${keyText(side.key)}`;
    const who = side.goroutine === undefined ? '' : ` by goroutine ${goroutineText(side)}`;
    const head = `  ${this.#time.of(side.time)}  ${this.#style.op[side.op](side.op)}${key}${who}`;
    const stack = side.stack ?? (side.caller === undefined ? [] : [side.caller]);
    return [
      head,
      ...stackLines(stack, this.#style, this.#width()),
      ...lockWords(side).map((line) => `              ${line}`),
    ];
  }

  #again(line: Race | Writing): readonly string[] {
    const what =
      line.type === 'race' ? `RACE ${line.id}` : `RACE while written, ${placeLabel(line.side.caller ?? {})}`;
    const maps = line.type === 'race' && line.maps > 1 ? ` on ${grouped(line.maps)} maps` : '';
    return [`${this.#style.bad(what)} seen ${counted(line.count, 'time')}${maps}`];
  }

  #shared({ map, maps, goroutines, sites }: Shared): readonly string[] {
    const many = maps === 1 ? nameOf(map) : `${grouped(maps)} maps of type ${mapLabel(map)}`;
    return [
      '',
      `${this.#style.warn('shared')} ${many} · written by ${counted(goroutines, 'goroutine')} or more, no race seen`,
      ...sites.map(
        ({ op, caller, goroutines: n }) =>
          `  ${this.#style.op[op](op)} ${placeLabel(caller)} · ${counted(n, 'goroutine')}`,
      ),
    ];
  }
}

function nameOf(map: EventMap): string {
  const address = map.address === undefined ? '' : ` ${map.address}`;
  return `${mapLabel(map)}${address}`;
}

function keysText({ same_key, key }: Race): string {
  if (same_key === undefined) return '';
  return same_key ? ` · same key${key === undefined ? '' : ` ${keyText(key)}`}` : ' · different keys';
}

/** What was found, and what it cost; before it why the run ended. */
export function raceSummaryText(summary: Summary): readonly string[] {
  const { race, races = 0 } = summary;
  const parts = [foundText(races, race?.writing ?? 0), lostText(summary)];
  if (race === undefined) return [...runEndText(summary), parts.join(' · ')];
  if (race.shared > 0) parts.splice(1, 0, `${grouped(race.shared)} shared`);
  parts.push(counted(race.operations, 'operation'));
  return ['', ...runEndText(summary), parts.join(' · '), costText(race)];
}

/** A race of which one side is known is a race. */
function foundText(races: number, writing: number): string {
  const halves = writing === 0 ? '' : `${counted(writing, 'race')} of which one side is known`;
  if (races === 0) return halves || 'no race seen';
  return [counted(races, 'race'), ...(halves === '' ? [] : [halves])].join(' · ');
}

/** `waited 8.1 ms in 262 watches, 0.81 % of 1,002 ms CPU (budget 1 %), the longest 61 us by the clock` */
function costText(race: NonNullable<Summary['race']>): string {
  const share = race.waited_share === undefined ? '' : `, ${percent(race.waited_share)} of its CPU time`;
  const longest =
    race.watches === 0 ? '' : `, the longest ${Math.round(race.longest_wait_us)} us by the clock`;
  return `waited ${race.waited_ms.toFixed(1)} ms in ${counted(race.watches, 'watch', 'watches')}${share} (budget ${percent(race.budget)})${longest}`;
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
