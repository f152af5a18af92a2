import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Supports the newest Go that the tests build with. */
const VERSION = 'v1.27.2';
const FOLDER = fileURLToPath(new URL(`../.cache/delve-${VERSION}/`, import.meta.url));

/** What Delve loads of a value: go-delve/delve v1.27.2 service/api/types.go, LoadConfig. */
const LOAD = {
  FollowPointers: true,
  MaxVariableRecurse: 10,
  MaxStringLen: 1 << 16,
  MaxArrayValues: 1 << 26,
  MaxStructFields: -1,
};

/** A value as Delve tells it: go-delve/delve v1.27.2 service/api/types.go, Variable. */
export interface DelveVariable {
  readonly name: string;
  readonly addr: number;
  readonly type: string;
  readonly realType: string;
  /** reflect.Kind. */
  readonly kind: number;
  readonly value: string;
  readonly len: number;
  /** Of a slice, a string and a channel: where its content is; else 0. */
  readonly base: number;
  /** Of a map: key, value, key, value, … */
  readonly children: readonly DelveVariable[];
  readonly unreadable: string;
}

/** Delve with an open program, which it has stopped. */
export interface Delve {
  /** `most`: no more elements of an array and entries of a map are loaded; all of them when it is left out. */
  evaluate(expression: string, most?: number): Promise<DelveVariable>;
  /** Lets the program go on. */
  stop(): Promise<void>;
}

/** Delve's program, built once from its module. */
export function delveProgram(): string {
  const path = join(FOLDER, 'dlv');
  if (existsSync(path)) return path;
  mkdirSync(FOLDER, { recursive: true });
  const env = { ...process.env, GOBIN: FOLDER, GOFLAGS: '' };
  execFileSync('go', ['install', `github.com/go-delve/delve/cmd/dlv@${VERSION}`], { env, stdio: 'pipe' });
  return path;
}

/** `dlv core EXE CORE`. */
export const delveOfCore = (exe: string, core: string): Promise<Delve> => start(['core', exe, core]);

/** `dlv attach PID`. */
export const delveOfProcess = (pid: number): Promise<Delve> => start(['attach', String(pid)]);

async function start(command: readonly string[]): Promise<Delve> {
  const flags = ['--headless', '--api-version=2', '--listen=127.0.0.1:0', '--check-go-version=false'];
  const child = spawn(delveProgram(), [...command, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const socket = createConnection(await portOf(child), '127.0.0.1');
  const call = caller(socket);
  return {
    async evaluate(expression, most = LOAD.MaxArrayValues) {
      const cfg = { ...LOAD, MaxArrayValues: most };
      const args = { Scope: { GoroutineID: -1, Frame: 0 }, Expr: expression, Cfg: cfg };
      const { Variable: variable } = (await call('RPCServer.Eval', args)) as { Variable: DelveVariable };
      return variable;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await call('RPCServer.Detach', { Kill: false }).catch(() => undefined);
      socket.destroy();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** It says where it listens when it has read the program. */
async function portOf(child: ChildProcess): Promise<number> {
  let said = '';
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  if (child.stdout !== null)
    for await (const line of createInterface({ input: child.stdout })) {
      const port = /listening at: .*:(\d+)/.exec(line)?.[1];
      if (port !== undefined) return Number(port);
      said += `${line}\n`;
    }
  throw new Error(`Delve did not start: ${said}`);
}

interface Answer {
  readonly id: number;
  readonly result: unknown;
  readonly error: string | null;
}

/** JSON-RPC 1.0, as net/rpc/jsonrpc speaks it: one answer after the other. */
function caller(socket: Socket): (method: string, args: unknown) => Promise<unknown> {
  const waiting = new Map<number, (answer: Answer) => void>();
  let id = 0;
  // Delve may break the connection off when it ends: 'close' follows, and whoever waits is told.
  socket.on('error', () => undefined);
  socket.once('close', () => {
    for (const answer of waiting.values()) answer({ id: 0, result: undefined, error: 'it has gone' });
  });
  createInterface({ input: socket }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return (method, args) =>
    new Promise((resolve, reject) => {
      const number = ++id;
      waiting.set(number, ({ result, error }) => {
        if (error === null) resolve(result);
        else reject(new Error(`Delve: ${error}`));
      });
      socket.write(`${JSON.stringify({ method, params: [args], id: number })}\n`);
    });
}
