import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { ApiLive, ApiRates, ApiStatus } from '../../src/protocol/api.ts';
import { MAPAUDIT } from '../agent/support.ts';
import { readLedger } from '../ledger/rows.ts';

/** A service in a process of its own, with its API. */
export interface Served {
  readonly child: ChildProcess;
  readonly address: string;
  readonly token: string;
  /** What it wrote to stderr so far. */
  readonly said: () => string;
  get(path: string): Promise<unknown>;
  status(): Promise<ApiStatus>;
  /** Sums over all that was counted, by operation. */
  totals(process?: string): Promise<Record<string, number>>;
  /** The first message of a live stream of that type, with those parameters. */
  live<T extends ApiLive['type']>(query: string, type: T): Promise<ApiLive & { type: T }>;
  /** Ctrl-C; gives the exit code. */
  end(): Promise<number | null>;
}

/** Starts `mapaudit serve` on a free port, and waits until it answers. */
export const serve = (...args: readonly string[]): Promise<Served> => started({}, 'serve', ...args);

/** The same with more in its environment. */
export const serveWith = (env: Environment, ...args: readonly string[]): Promise<Served> =>
  started(env, 'serve', ...args);

type Environment = Readonly<Record<string, string>>;

/** The same of a recording. */
export const serveRecording = (file: string, ...args: readonly string[]): Promise<Served> =>
  started({}, 'replay', file, 'serve', ...args);

async function started(env: Environment, ...args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [MAPAUDIT, ...args, '--listen', '127.0.0.1:0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  // Not 'exit': what it said last may come after that.
  const closed = { yet: false };
  child.once('close', () => (closed.yet = true));
  await until(() => Promise.resolve(out.includes('\n') || closed.yet));
  if (closed.yet) throw new Error(`serve ended: ${err}`);
  const { address, token } = JSON.parse(out) as { address: string; token: string };
  const get = async (path: string): Promise<unknown> => {
    const response = await reached(() =>
      fetch(address + path, { headers: { authorization: `Bearer ${token}` } }),
    );
    const text = await response.text();
    if (text === '') throw new Error(`${path}: status ${response.status} without a body; ${err}`);
    return JSON.parse(text) as unknown;
  };
  return {
    child,
    address,
    token,
    said: () => err,
    get,
    status: () => get('/api/v1/status') as Promise<ApiStatus>,
    totals: async (process) => {
      const of = process === undefined ? '' : `&process=${process}`;
      const rates = (await get(`/api/v1/rates?by=op&step=60000${of}`)) as ApiRates;
      return Object.fromEntries(rates.series.map(({ name, total }) => [name, total]));
    },
    live: (query, type) => firstMessage(`${address}/api/v1/live?${query}`, token, type),
    end: async () => {
      if (!closed.yet) {
        child.kill('SIGINT');
        await once(child, 'close');
      }
      return child.exitCode;
    },
  };
}

async function firstMessage<T extends ApiLive['type']>(
  address: string,
  token: string,
  type: T,
): Promise<ApiLive & { type: T }> {
  const response = await reached(() => fetch(address, { headers: { authorization: `Bearer ${token}` } }));
  let text = '';
  for await (const part of response.body ?? []) {
    const lines = (text + Buffer.from(part as Uint8Array).toString()).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ')) continue;
      const message = JSON.parse(line.slice(6)) as ApiLive;
      if (isOf(message, type)) return message;
    }
  }
  throw new Error(`no ${type} came: ${text}`);
}

const isOf = <T extends ApiLive['type']>(message: ApiLive, type: T): message is ApiLive & { type: T } =>
  message.type === type;

/** Asks until it is so; what never comes true fails the test by its time. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}

/** How a connection ends that the other side has closed, by when it is noticed. */
const CLOSED: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** A connection that has waited may be closed right when it is used again: then once more, as browsers do. */
export async function reached(ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask();
  } catch (error) {
    const { cause } = error instanceof Error ? error : {};
    if (!(cause instanceof Error && 'code' in cause && CLOSED.has(cause.code))) throw error;
    return await ask();
  }
}

/** How many operations of each kind a program of test/programs/ledger wrote down. */
export async function writtenDown(ledger: string): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const rows of (await readLedger(ledger)).values())
    for (let i = 0; i < rows.length; i++) counts[rows.opAt(i)] = (counts[rows.opAt(i)] ?? 0) + 1;
  return counts;
}

/** Waits until a service has counted all writes that were written down, and no others, and gives what it has counted. */
export async function allCounted(
  service: Pick<Served, 'totals'>,
  wanted: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, number>>> {
  await until(async () => {
    const counts = await service.totals();
    return ['delete', 'clear', 'assign'].every((op) => (counts[op] ?? 0) >= (wanted[op] ?? 0));
  });
  const totals = await service.totals();
  for (const op of ['delete', 'clear']) expect([op, totals[op]]).toEqual([op, wanted[op]]);
  // The program also keeps accounts in maps that it does not write down.
  expect(totals['assign']).toBeGreaterThanOrEqual(wanted['assign'] ?? 0);
  return totals;
}
