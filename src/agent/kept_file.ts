import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { MapauditError } from '../base/errors.ts';
import { type KeptLine, keptLine, MalformedLine } from '../query/who/kept_line.ts';

/** Lines between two moments at which others get their turn. */
const BATCH = 4096;
/** The last moment that a date can be, in milliseconds: ECMA-262, Time Values. */
const LAST_DATE = 8.64e15;
/** Of the end of a file, enough to hold an event. */
const TAIL = 1 << 18;

/**
 * The lines of a file that `--json -o FILE` has written. The last one may be half: somebody may still write.
 * Errors: `no-such-file`, `not-kept-events`.
 */
export async function* linesOfFile(path: string): AsyncGenerator<readonly KeptLine[]> {
  const input = createReadStream(path, 'utf8');
  const failed = new Promise<never>((_, reject) =>
    input.once('error', (cause) => reject(unreadable(path, cause))),
  );
  failed.catch(() => undefined);
  const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]();
  let batch: KeptLine[] = [];
  let half: number | undefined;
  for (let number = 1; ; number++) {
    const next: IteratorResult<string, unknown> = await Promise.race([lines.next(), failed]);
    if (next.done === true) break;
    if (half !== undefined) throw notKept(path, half);
    const line = lineOf(path, number, next.value);
    if (line === undefined) half = number;
    else batch.push(line);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (half === 1) throw notKept(path, half);
  yield batch;
}

/** Undefined for what is no line of mapaudit. */
function lineOf(path: string, number: number, text: string): KeptLine | undefined {
  try {
    return keptLine(text);
  } catch (error) {
    if (error instanceof MalformedLine) throw notKept(path, number, error.message);
    throw error;
  }
}

/** The time so long before the last event of a file, as events write theirs. Error: `no-such-file`. */
export async function sinceTime(path: string, ms: number): Promise<string | undefined> {
  const file = await open(path).catch((cause: unknown) => Promise.reject(unreadable(path, cause)));
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL), 0, TAIL, Math.max(0, size - TAIL));
    const times = [...buffer.toString('utf8', 0, bytesRead).matchAll(/"type":"event","time":"([^"]+)"/g)];
    const last = times.at(-1)?.[1];
    return timeBefore(Date.parse(last ?? ''), ms);
  } finally {
    await file.close();
  }
}

/** A moment so long before another, both in milliseconds, as events write theirs; undefined where there is none. */
export function timeBefore(moment: number, ms: number): string | undefined {
  const at = moment - ms;
  return Number.isNaN(at) || Math.abs(at) > LAST_DATE ? undefined : new Date(at).toISOString().slice(0, -1);
}

function unreadable(path: string, cause: unknown): MapauditError {
  return new MapauditError('no-such-file', `${path} cannot be read`, {
    cause,
    hint: 'Name the file that mapaudit trace --json -o FILE has written.',
  });
}

/** `part`: what of the line is wrong. */
function notKept(path: string, line: number, part?: string): MapauditError {
  const what = part === undefined ? '' : `: "${part}" is missing or makes no sense`;
  return new MapauditError('not-kept-events', `line ${line} of ${path} is not what mapaudit writes${what}`, {
    hint: 'Keep events with mapaudit trace -p PID --json -o FILE.',
    fields: { path, line, ...(part === undefined ? {} : { part }) },
  });
}
