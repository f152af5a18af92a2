import { assertUnreachable } from '../base/assert.ts';
import type { FeedItem, GrowthStep, MapRef, RaceSeen, SampledEvents, ServedEvent } from '../model/feed.ts';
import type { Finding } from '../model/finding.ts';
import type { Window } from '../model/window.ts';
import { plainKey } from '../model/plain_key.ts';
import type { Batch } from './batch.ts';
import type { Symbols } from './symbols.ts';
import { nanosOf } from './time_text.ts';
import type { Cell } from './tables.ts';

/** An item of the feed as rows. Windows go to the level of one second; roll-ups do the rest. */
export function addItem(item: FeedItem, symbols: Symbols, into: Batch): void {
  switch (item.type) {
    case 'window': {
      addWindow(item.window, symbols, into);
      return;
    }
    case 'events': {
      addEvents(item, symbols, into);
      return;
    }
    case 'growth': {
      addGrowth(item, symbols, into);
      return;
    }
    case 'race': {
      addRace(item, symbols, into);
      return;
    }
    case 'joined': {
      const { process, at } = item;
      const { exe, goVersion, container, cgroup, probe } = process;
      const id = symbols.process(process, into);
      into.add('audits', [at, id, 'joined', ...[exe, goVersion, container, cgroup, probe].map(orNull)]);
      return;
    }
    case 'left': {
      const id = symbols.process(item.process, into);
      into.add('audits', [item.at, id, 'left', null, null, null, null, null]);
      return;
    }
    case 'maps': {
      const process = symbols.process(item.process, into);
      into.add('map_looks', [item.at, process, item.maps.length, item.left]);
      for (const map of item.maps)
        into.add('map_states', [
          item.at,
          process,
          symbols.type(map.mapType, into),
          addressOf(map.mapAddress),
          orNull(map.name),
          map.entries,
          ...[map.capacity, map.bytes, map.wasteBytes, map.tombstones].map(orNull),
        ]);
      return;
    }
    case 'cost': {
      const { at, share, budget, sampledEvery, keys, reads, ringFill, events, lost } = item;
      const process = symbols.process(item.process, into);
      const { ringFull, outputSlow } = lost;
      into.add('costs', [
        at,
        process,
        ...[share, budget, sampledEvery, keys, reads, ringFill, events, ringFull, outputSlow],
      ]);
      return;
    }
    case 'finding': {
      addFinding(item.at, item.finding, symbols, into);
      return;
    }
    default:
      return assertUnreachable(item);
  }
}

function addWindow(
  { start, lengthMs, counts, loss, uncounted = [] }: Window,
  symbols: Symbols,
  into: Batch,
): void {
  let operations = 0;
  for (const one of counts) {
    operations += one.count;
    into.add('windows_1s', [
      start,
      symbols.process(one.process, into),
      one.op,
      symbols.type(one.mapType, into),
      addressOf(one.mapAddress),
      symbols.site(one.site, into),
      one.count,
      one.found,
      one.notFound,
      one.removed,
    ]);
  }
  for (const { process, ops, ms } of uncounted)
    into.add('uncounted', [start, symbols.process(process, into), ops, ms]);
  into.add('spans_1s', [start, lengthMs, operations, loss.ringFull, loss.sampled]);
}

function addEvents({ process, sampledEvery, events }: SampledEvents, symbols: Symbols, into: Batch): void {
  const id = symbols.process(process, into);
  for (const event of events) into.add('events', eventRow(event, id, sampledEvery, symbols, into));
}

function eventRow(
  event: ServedEvent,
  process: number,
  sampledEvery: number,
  symbols: Symbols,
  into: Batch,
): readonly Cell[] {
  const { map, key, goroutine, caller } = event;
  const text = key?.text;
  const plain = text === undefined ? undefined : plainKey(text);
  return [
    nanosOf(event.time),
    process,
    event.op,
    event.function,
    symbols.type(map.type, into),
    addressOf(map.address),
    orNull(map.id),
    map.on_stack === true,
    text ?? key?.hash ?? null,
    keyForm(key),
    plain === text ? null : orNull(plain),
    orNull(event.len),
    orNull(event.found),
    orNull(event.removed),
    orNull(goroutine?.id),
    orNull(goroutine?.start),
    event.thread,
    symbols.site(caller, into),
    caller === undefined ? null : caller.inlined,
    symbols.stack(event.stack, into),
    event.labels === undefined ? null : JSON.stringify(event.labels),
    orNull(event.trace_id),
    sampledEvery,
    orNull(event.span_id),
    labelsNote(event),
  ];
}

function labelsNote({ labels_cut, labels_missing, labels_unreadable }: ServedEvent): string | null {
  if (labels_cut === undefined && labels_missing === undefined && labels_unreadable === undefined)
    return null;
  return JSON.stringify({ labels_cut, labels_missing, labels_unreadable });
}

function keyForm(key: ServedEvent['key']): string | null {
  if (key === undefined) return null;
  if (key.text !== undefined) return key.truncated === true ? 'cut' : 'text';
  return key.hash === undefined ? 'unreadable' : 'hash';
}

function addGrowth(step: GrowthStep, symbols: Symbols, into: Batch): void {
  const { at, op, trigger, len, from, to, unit, moved, movedBytes, durationNs, site } = step;
  into.add('growth', [
    at,
    ...mapCells(step, symbols, into),
    op,
    ...[trigger, len, from, to, unit, moved, movedBytes, durationNs].map(orNull),
    symbols.site(site, into),
  ]);
}

function addRace(race: RaceSeen, symbols: Symbols, into: Batch): void {
  const { at, id, kind, key, sides, count } = race;
  const [process, ...map] = mapCells(race, symbols, into);
  into.add('races', [
    at,
    process ?? null,
    id,
    kind,
    ...map,
    orNull(key),
    count,
    ...sides.flatMap((side) => [
      side.op,
      symbols.site(side.site, into),
      orNull(side.goroutine),
      symbols.stack(side.stack, into),
    ]),
  ]);
}

function addFinding(at: number, finding: Finding, symbols: Symbols, into: Batch): void {
  const { id, rule, severity, state, title, subject, evidence, since, firedAt, lastSeen } = finding;
  into.add('findings', [
    at,
    ...[id, rule, severity, state, title],
    ...mapCells(subject, symbols, into),
    symbols.site(subject.site, into),
    orNull(subject.prefix),
    JSON.stringify(evidence),
    ...[since, firedAt, lastSeen],
  ]);
}

/** Process, type, address, number. */
const mapCells = (map: MapRef, symbols: Symbols, into: Batch): readonly Cell[] => [
  symbols.process(map.process, into),
  symbols.type(map.mapType, into),
  addressOf(map.mapAddress),
  orNull(map.mapId),
];

const orNull = <T extends Cell>(value: T | undefined): T | null => value ?? null;

/** `0xc000123450` as a number. */
export function addressOf(text: string | undefined): number | null {
  const address = Number(text ?? NaN);
  return Number.isSafeInteger(address) ? address : null;
}
