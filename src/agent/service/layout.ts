import { isMapauditError, MapauditError } from '../../base/errors.ts';
import { processId } from '../../model/process_id.ts';
import type { ApiLayout } from '../../protocol/api.ts';
import type { Heat, InspectedMap } from '../../protocol/inspect.ts';
import { inspectLines } from '../inspect.ts';
import type { ServedRun } from './served_run.ts';

/** What waits for writers, at most; the picture may have gaps then. */
const TIMEOUT_MS = 500;
const LIMITS = { text: 0, items: 0, pointers: 0 };
/** What is wrong with a map that is not there any more, or is none. */
const GONE =
  /^(?:no-map-there|no-such-map|map-replaced|not-a-map|nil-map|damaged-map|no-such-process|target-exited|unreadable-memory)$/u;

/** How the slots of a map are filled now. Errors: `not-there`, and those of `inspect`. */
export async function layoutOf(runs: readonly ServedRun[], process: string, map: string): Promise<ApiLayout> {
  const run = runs.find(({ ref }) => processId(ref) === process);
  if (run === undefined)
    throw notThere(`process ${process} is not watched, or has ended`, 'What it did is kept: ask /map.');
  let head: InspectedMap | undefined;
  const heats: Heat[] = [];
  try {
    const question = { view: 'heat', limits: LIMITS, timeoutMs: TIMEOUT_MS } as const;
    const options = { pid: run.ref.pid, subject: { type: 'map', map } as const, ...question };
    for await (const lines of inspectLines(options, new AbortController().signal))
      for (const line of lines) {
        if (line.type === 'map') head = line;
        if (line.type === 'heat') heats.push(line);
      }
  } catch (error) {
    if (isMapauditError(error) && GONE.test(error.code))
      throw notThere(`there is no map at ${map} now`, error.hint);
    throw error;
  }
  if (head === undefined) throw notThere(`there is no map at ${map} now`);
  return picture(map, head, heats);
}

const notThere = (message: string, hint?: string): MapauditError =>
  new MapauditError('not-there', message, hint === undefined ? {} : { hint });

function picture(map: string, head: InspectedMap, heats: readonly Heat[]): ApiLayout {
  const { slots } = head;
  return {
    type: 'layout',
    map,
    kind: head.layout === 'classic' ? 'classic' : 'swiss',
    entries: head.len,
    slots: slots.full + slots.empty + (slots.tombstones ?? 0),
    tombstones: slots.tombstones ?? 0,
    every: Math.max(1, ...heats.map((heat) => heat.units_per_cell)),
    groups: heats.flatMap(({ cells }) =>
      cells.map(({ full, tombstones, overflow }) => ({
        full,
        deleted: tombstones ?? 0,
        ...(overflow === undefined ? {} : { overflow }),
      })),
    ),
  };
}
