import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { inFolder } from '../agent/support.ts';
import { waitingLedger } from '../evidence/recorded.ts';
import { readLedger } from '../ledger/rows.ts';
import { type Served, serve, until } from './served.ts';

let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];
let sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const child of open) child.kill('SIGKILL');
  [open, sockets] = [[], []];
});

const SLOW = 1000;

/** A client that asks for everything live, and never reads an answer. */
async function slowClient({ address, token }: Served): Promise<void> {
  const { hostname, port, host } = new URL(address);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => undefined);
  await either(socket, 'connect');
  socket.pause();
  socket.write(
    `GET /api/v1/live?events=1 HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
}

/** The status with which something is answered, over a connection of its own; 0 where that is closed without. */
function statusOf(service: Served, path: string, headers: Record<string, string>): Promise<number> {
  const { hostname, port } = new URL(service.address);
  return new Promise((resolve) => {
    const request = httpRequest({ hostname, port, path, headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', () => resolve(0)).end();
  });
}

/** Until something has come of a connection, or it is closed: by a reset too. */
const either = (socket: Socket, event: 'connect' | 'close'): Promise<void> =>
  new Promise((resolve) => {
    socket.once(event, () => resolve());
    socket.once('close', () => resolve());
  });

/** What is sent is not HTTP. */
async function garbage({ address }: Served, text: string): Promise<void> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write(text);
  socket.resume();
  await either(socket, 'close');
}

it('counts exactly while a thousand clients do not read, and others ask what they may not', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'l.tsv');
    const target = await waitingLedger(file, '-ops', '5000', '-rate', '2500');
    open.push(target.program);
    const service = await serve('-p', target.pid, '--budget', '50%');
    open.push(service.child);
    const before = (await service.status()).cost[0]?.paused;
    expect(before).toBeUndefined();
    for (let i = 0; i < SLOW; i += 50)
      await Promise.all(Array.from({ length: 50 }, () => slowClient(service)));

    const work = target.work();
    const bearer = { authorization: `Bearer ${service.token}` };
    const refused: number[] = [];
    for (let i = 0; i < 20; i++) {
      refused.push(await statusOf(service, '/api/v1/status', {}));
      refused.push(await statusOf(service, '/api/v1/status', { ...bearer, host: 'evil.example' }));
      refused.push(await statusOf(service, `/api/v1/rates?step=${'9'.repeat(i + 20)}`, bearer));
    }
    await garbage(service, '\u0000\u0001 not HTTP at all\r\n\r\n');
    await garbage(service, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`);
    await work;
    expect(new Set(refused)).toEqual(new Set([401, 403, 400]));

    target.end();
    await until(async () => (await service.status()).processes.every(({ left }) => left !== undefined));
    const wanted: Record<string, number> = {};
    for (const rows of (await readLedger(file)).values())
      for (let i = 0; i < rows.length; i++) wanted[rows.opAt(i)] = (wanted[rows.opAt(i)] ?? 0) + 1;
    // The last window may have clears alone.
    await until(async () => {
      const counted = await service.totals();
      return ['delete', 'clear'].every((op) => (counted[op] ?? 0) >= (wanted[op] ?? 0));
    });
    const totals = await service.totals();
    for (const op of ['delete', 'clear']) expect([op, totals[op]]).toEqual([op, wanted[op]]);
    expect(await service.end()).toBe(0);
  });
});
