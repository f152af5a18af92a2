import type { ApiLive } from '../../src/protocol/api.ts';
import { mapaudit } from './child.ts';
import { Hot } from './hot.ts';
import { median, quantile, short, sleep } from './numbers.ts';
import type { Report } from './report.ts';

const RATE = 500_000;
const WARM_UP_MS = 4000;
const MS = 12_000;

/**
 * How long it takes from an operation of a program until the service's live stream has it: as part of a counter (the
 * second's window), and as an event of its own.
 */
export async function reportVisible(report: Report, binary: string): Promise<void> {
  const target = new Hot(binary, { op: 'mixed', rate: RATE });
  await sleep(300);
  const tool = mapaudit([
    'serve',
    '-p',
    String(target.pid),
    '--listen',
    '127.0.0.1:0',
    '--json',
    '--budget',
    '100%',
  ]);
  const ending = new AbortController();
  const seen: { readonly at: number; readonly message: ApiLive }[] = [];
  try {
    await tool.until(() => tool.stdout.includes('\n'));
    const { address, token } = JSON.parse(tool.stdout) as { address: string; token: string };
    const following = follow(`${address}/api/v1/live?events=1`, token, ending.signal, (message) =>
      seen.push({ at: Date.now(), message }),
    );
    await sleep(WARM_UP_MS);
    target.forget();
    seen.length = 0;
    await sleep(MS);
    ending.abort();
    await following;
    tell(report, target, seen);
  } finally {
    ending.abort();
    target.stop();
    await tool.stop();
  }
}

function tell(report: Report, target: Hot, seen: readonly { at: number; message: ApiLive }[]): void {
  const made = target.windows().reduce((sum, { ops }) => sum + ops, 0) / (target.windows().length / 10);
  const windows = seen.flatMap(({ at, message }) =>
    message.type === 'window' && message.counts.length > 0 ? [{ at, ...message }] : [],
  );
  const after = windows.map(({ at, start, length_ms }) => at - start - length_ms);
  // Operations are spread evenly over their second: each hundredth of it stands for a hundredth of them.
  const counted = windows.flatMap(({ at, start, length_ms }) =>
    Array.from({ length: 100 }, (_, i) => at - start - ((i + 0.5) * length_ms) / 100),
  );
  const events = seen.flatMap(({ at, message }) =>
    message.type === 'events' ? message.events.map(({ time }) => at - Date.parse(time)) : [],
  );
  const row = (name: string, ms: readonly number[]): string[] => [
    name,
    String(ms.length),
    ...[median(ms), quantile(ms, 0.99), quantile(ms, 1)].map(short),
  ];
  report.section(
    'From an operation to where it is seen',
    `A Go program doing ${made.toFixed(0)} operations a second (${RATE} wanted) under \`mapaudit serve\`, with a client of /api/v1/live. ` +
      'Milliseconds by the clock of this machine, until the client has the message.',
  );
  report.table(
    ['what', 'seen', 'median', 'p99', 'most'],
    [
      row('end of a second, until its window is there', after),
      row('operation, until a window counts it', counted),
      row('event that was sampled, until it is there', events),
    ],
  );
  report.goal({
    name: 'operation to counter, p99',
    measured: quantile(counted, 0.99),
    most: 11,
    unit: ' ms',
    why: 'counters are shown by whole seconds, so an operation waits for the end of its second; what mapaudit adds to that is the first row of the table.',
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
