import type { FrameOfEvent } from '../model/map_event.ts';
import { processId } from '../model/process_id.ts';
import { siteId } from '../model/site_id.ts';
import type { ProcessRef, SiteRef } from '../model/window.ts';
import type { Ask } from './sql_reader.ts';
import type { Batch } from './batch.ts';

/**
 * Numbers for names: each process, type, site and stack is written once and meant by its number from then on. A number
 * that was given while rows could not be written stays given, and its name is written with the next rows.
 */
export class Symbols {
  readonly #processes = new Map<string, number>();
  readonly #types = new Map<string, number>();
  readonly #sites = new Map<string, number>();
  readonly #stacks = new Map<string, number>();
  /** Of those of `#sites` that came as the same object before: events mean the same frames over and over. */
  #sitesMet = new WeakMap<SiteRef, number>();
  #next = { process: 1, type: 1, site: 1, stack: 1 };

  /** Those of an opened file. */
  async load(ask: Ask): Promise<void> {
    for (const map of [this.#processes, this.#types, this.#sites, this.#stacks]) map.clear();
    this.#sitesMet = new WeakMap();
    const fill = (into: Map<string, number>, key: unknown, id: unknown): number => {
      into.set(String(key), Number(id));
      return Number(id) + 1;
    };
    const next = { process: 1, type: 1, site: 1, stack: 1 };
    for (const { ref, name, build_id: build, id } of await ask(
      'SELECT id, ref, name, build_id FROM processes',
    ))
      next.process = Math.max(next.process, fill(this.#processes, processKey(ref, name, build), id));
    for (const { name, id } of await ask('SELECT id, name FROM map_types'))
      next.type = Math.max(next.type, fill(this.#types, name, id));
    for (const row of await ask('SELECT id, function, file, line FROM sites'))
      next.site = Math.max(next.site, fill(this.#sites, keyOfRow(row), row['id']));
    const stacks = new Map<number, string[]>();
    for (const { stack, site, inlined, call } of await ask(
      'SELECT stack, site, inlined, call FROM stack_frames ORDER BY stack, depth',
    )) {
      const id = Number(stack);
      const frames = stacks.get(id) ?? [];
      if (frames.length === 0) stacks.set(id, frames);
      frames.push(frameKey(Number(site), inlined === true, call === true));
    }
    for (const [id, frames] of stacks)
      next.stack = Math.max(next.stack, fill(this.#stacks, frames.join(' '), id));
    this.#next = next;
  }

  process(ref: ProcessRef, into: Batch): number {
    const text = processId(ref);
    return this.#number(this.#processes, processKey(text, ref.name, ref.buildId), 'process', (id) =>
      into.add('processes', [id, text, ref.pid, ref.name, ref.started ?? null, ref.buildId ?? null]),
    );
  }

  type(name: string | undefined, into: Batch): number | null {
    if (name === undefined) return null;
    return this.#number(this.#types, name, 'type', (id) => into.add('map_types', [id, name]));
  }

  site(site: SiteRef | undefined, into: Batch): number | null {
    if (site === undefined) return null;
    const met = this.#sitesMet.get(site);
    if (met !== undefined) return met;
    const { function: name, file, line } = site;
    const number = this.#number(this.#sites, siteKey(name, file, line), 'site', (id) =>
      into.add('sites', [id, siteId(site), name, file ?? null, line ?? null]),
    );
    this.#sitesMet.set(site, number);
    return number;
  }

  /** Innermost first. */
  stack(frames: readonly (SiteRef & Partial<FrameOfEvent>)[] | undefined, into: Batch): number | null {
    if (frames === undefined || frames.length === 0) return null;
    const last = lastOfCall(frames);
    const key = frames
      .map((frame, depth) => frameKey(this.site(frame, into), frame.inlined === true, depth <= last))
      .join(' ');
    return this.#number(this.#stacks, key, 'stack', (id) => {
      for (const [depth, frame] of frames.entries())
        into.add('stack_frames', [id, depth, this.site(frame, into), frame.inlined === true, depth <= last]);
    });
  }

  /** Stacks whose frames are in no table any more. */
  forgetStacks(ids: ReadonlySet<number>): void {
    if (ids.size === 0) return;
    for (const [key, id] of this.#stacks) if (ids.has(id)) this.#stacks.delete(key);
  }

  #number(
    known: Map<string, number>,
    key: string,
    kind: 'process' | 'type' | 'site' | 'stack',
    write: (id: number) => void,
  ): number {
    const before = known.get(key);
    if (before !== undefined) return before;
    const id = this.#next[kind]++;
    known.set(key, id);
    write(id);
    return id;
  }
}

/** Depth of the last frame that belongs to the call itself: those before it were inlined into it. */
function lastOfCall(frames: readonly Partial<FrameOfEvent>[]): number {
  const call = frames.findIndex(({ inlined }) => inlined !== true);
  return call < 0 ? frames.length : call;
}

/** An exec that nobody saw leaves the id as it was, with another name or build. */
const processKey = (ref: unknown, name: unknown, build: unknown): string =>
  [ref, name, build ?? ''].map(String).join('\0');

const siteKey = (name: string, file: string | undefined, line: number | undefined): string =>
  `${name}\0${file ?? ''}\0${line ?? ''}`;

const keyOfRow = (row: Readonly<Record<string, unknown>>): string =>
  [row['function'], row['file'], row['line']]
    .map((part) => (typeof part === 'string' || typeof part === 'number' ? String(part) : ''))
    .join('\0');

const frameKey = (site: number | null, inlined: boolean, call: boolean): string =>
  `${site ?? ''}${inlined ? 'i' : ''}${call ? 'c' : ''}`;
