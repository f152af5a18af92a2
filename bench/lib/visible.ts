import type { ApiLive } from '../../src/protocol/api.ts';
import { buildHookedHot } from './build_cost.ts';
import { mapaudit } from './child.ts';
import { Hot } from './hot.ts';
import { median, quantile, short, sleep } from './numbers.ts';
import type { Report } from './report.ts';

const RATE = 500_000;
const WARM_UP_MS = 4000;
const MS = 12_000;
/** From one message with totals to the next. */
const TOTALS_MS = 5;

const ONE_THREAD =
  'totals are sent by the thread that also takes events, closes windows and writes the store, in pieces of some milliseconds.';

/** Which probe the service takes, and a program for it. */
interface Way {
  readonly name: string;
  readonly binary: string;
  readonly probe: 'kernel' | 'inline' | 'build';
  /** Why the goal is missed, where it is. */
  readonly why: string;
}

/** What was seen of one program, and how many operations a second it did. */
interface Looked {
  readonly name: string;
  readonly made: number;
  readonly seconds: Seen;
  readonly totals: Seen;
}

/**
 * How long it takes from an operation of a program until the service's live stream has it: in the running totals, in the
 * window of its second, and as an event of its own.
 */
export async function reportVisible(report: Report, binary: string): Promise<void> {
  const ways: readonly Way[] = [
    {
      name: 'uprobes',
      probe: 'kernel',
      binary,
      why: 'so many operations a second are more than uprobes can count within the budget: they are taken out and placed again all the time, and totals wait meanwhile.',
    },
    { name: 'inline', probe: 'inline', binary, why: ONE_THREAD },
    { name: 'hook', probe: 'build', binary: buildHookedHot(), why: ONE_THREAD },
  ];
  const all: Looked[] = [];
  for (const way of ways) all.push(await look(way));
  report.section(
    'From an operation to where it is seen',
    `A Go program that is to do ${RATE} operations a second under \`mapaudit serve --budget 50%\`, with a client of /api/v1/live: ` +
      `windows and events, then totals each ${TOTALS_MS} ms. Milliseconds by the clock of this machine, until the client has the message.`,
  );
  report.table(['probe', 'operations/s', 'what', 'seen', 'median', 'p99', 'most'], all.flatMap(rowsOf));
  for (const [i, { name, totals }] of all.entries())
    report.goal({
      name: `operation to counter, p99, ${name}`,
      measured: quantile(untilTotals(totals), 0.99),
      most: 11,
      unit: ' ms',
      why: ways[i]?.why ?? '',
    });
}

async function look({ name, binary, probe }: Way): Promise<Looked> {
  const target = new Hot(binary, { op: 'mixed', rate: RATE });
  await sleep(300);
  const pid = String(target.pid);
  const how = ['--budget', '50%', '--probe', probe];
  const tool = mapaudit(['serve', '-p', pid, '--listen', '127.0.0.1:0', '--json', ...how]);
  try {
    await tool.until(() => tool.stdout.includes('\n'));
    const { address, token } = JSON.parse(tool.stdout) as { address: string; token: string };
    await sleep(WARM_UP_MS);
    target.forget();
    const live = `${address}/api/v1/live`;
    const seconds = await seenAt(`${live}?events=1`, token);
    const totals = await seenAt(`${live}?totals=${TOTALS_MS}`, token);
    const windows = target.windows();
    const made = windows.reduce((sum, { ops }) => sum + ops, 0) / (windows.length / 10);
    return { name, made, seconds, totals };
  } finally {
    target.stop();
    await tool.stop();
  }
}

/** Messages, and when they were there. */
type Seen = readonly { readonly at: number; readonly message: ApiLive }[];

async function seenAt(address: string, token: string): Promise<Seen> {
  const ending = new AbortController();
  const seen: { readonly at: number; readonly message: ApiLive }[] = [];
  const following = follow(address, token, ending.signal, (message) =>
    seen.push({ at: Date.now(), message }),
  );
  await sleep(MS);
  ending.abort();
  await following;
  return seen;
}

function rowsOf({ name, made, seconds, totals }: Looked): readonly string[][] {
  const windows = seconds.flatMap(({ at, message }) =>
    message.type === 'window' && message.counts.length > 0 ? [{ at, ...message }] : [],
  );
  const row = (what: string, ms: readonly number[]): string[] => [
    name,
    made.toFixed(0),
    what,
    String(ms.length),
    ...[median(ms), quantile(ms, 0.99), quantile(ms, 1)].map(short),
  ];
  return [
    row('operation, until the totals count it', untilTotals(totals)),
    row(
      'end of a second, until its window is there',
      windows.map(({ at, start, length_ms }) => at - start - length_ms),
    ),
    row(
      'operation, until a window counts it',
      windows.flatMap(({ at, start, length_ms }) => evenly(100, start, length_ms, at)),
    ),
    row(
      'event that was sampled, until it is there',
      seconds.flatMap(({ at, message }) =>
        message.type === 'events' ? message.events.map(({ time }) => at - Date.parse(time)) : [],
      ),
    ),
  ];
}

/** Where operations are spread evenly over `length` from `start`: how long each of `n` of them was there until `seen`. */
const evenly = (n: number, start: number, length: number, seen: number): number[] =>
  Array.from({ length: n }, (_, i) => seen - start - ((i + 0.5) * length) / n);

/** How long operations waited for the message that counts them: they lie between it and the one before. One of a hundred. */
function untilTotals(seen: Seen): readonly number[] {
  const totals = seen.flatMap(({ at, message }) =>
    message.type === 'totals'
      ? [
          {
            seen: at,
            read: message.at,
            count: message.processes.flatMap(({ counts }) => counts).reduce((sum, one) => sum + one.count, 0),
          },
        ]
      : [],
  );
  return totals.slice(1).flatMap((now, i) => {
    const before = totals[i] ?? now;
    return evenly(
      Math.round((now.count - before.count) / 100),
      before.read,
      now.read - before.read,
      now.seen,
    );
  });
}

async function follow(
  address: string,
  token: string,
  signal: AbortSignal,
  take: (message: ApiLive) => void,
): Promise<void> {
  try {
    const response = await fetch(address, { headers: { authorization: `Bearer ${token}` }, signal });
    const decoder = new TextDecoder();
    let rest = '';
    for await (const part of response.body ?? []) {
      const lines = (rest + decoder.decode(part as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: ')) take(JSON.parse(line.slice(6)) as ApiLive);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
