import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { MapauditError } from '../base/errors.ts';
import type { ApiQuestions } from '../protocol/api.ts';
import { Access } from './access.ts';
import { hostText, isWildcard, type ListenAt } from './listen.ts';
import { openApi } from './open_api.ts';
import { ApiServer, type Metrics } from './server.ts';

export { openApi } from './open_api.ts';
export type { ListenAt } from './listen.ts';
export { DEFAULT_LISTEN, isLoopback, parseListen } from './listen.ts';

/** What the API is made of. */
export interface ApiOptions {
  readonly questions: ApiQuestions;
  /** Absent: there is no /metrics. */
  readonly metrics?: Metrics;
  /** The folder of the page; absent: there is none. */
  readonly webRoot?: string;
  readonly listen: ListenAt;
  /** Whoever has it may ask; absent: a new one. */
  readonly token?: string;
  readonly version: string;
  /** Told of what only a fault of ours can cause. */
  readonly fault?: (error: unknown) => void;
}

/** A running API. */
export interface RunningApi {
  /** `http://127.0.0.1:7777` */
  readonly address: string;
  /** The page, with the token: whoever has this address may ask. */
  readonly page: string;
  readonly token: string;
  /** Ends it, with all streams. */
  close(): Promise<void>;
}

const TOKEN_BYTES = 32;
/** More would be refused by the kernel at some point; a page needs ten. */
const MOST_CONNECTIONS = 2048;

export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** Answers HTTP from now on. Errors: `listen-failed`. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const token = options.token ?? newToken();
  const ending = new AbortController();
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: 5000,
  });
  server.maxConnections = MOST_CONNECTIONS;
  const listen = { ...options.listen, port: await listening(server, options.listen) };
  const api = new ApiServer(
    new Access(listen, token),
    {
      questions: options.questions,
      metrics: options.metrics,
      webRoot: options.webRoot,
      document: openApi(options.version),
      fault: options.fault ?? (() => undefined),
    },
    ending.signal,
  );
  server.on('request', (request, response) => void api.handle(request, response));
  const host = isWildcard(listen.host) ? 'localhost' : hostText(listen.host);
  const address = `http://${host}:${listen.port}`;
  return {
    address,
    page: `${address}/?token=${token}`,
    token,
    close: async () => {
      ending.abort();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listening(server: Server, { host, port }: ListenAt): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFailed(host, port, error)));
    server.listen({ host, port, backlog: 511 }, () => {
      const at = server.address();
      resolve(typeof at === 'object' && at !== null ? at.port : port);
    });
  });
}

function listenFailed(host: string, port: number, error: NodeJS.ErrnoException): MapauditError {
  const why: Record<string, string> = {
    EADDRINUSE: 'another program listens there',
    EACCES: 'that needs rights which this user does not have',
    EADDRNOTAVAIL: 'this machine does not have that address',
    ENOTFOUND: 'nobody knows that name',
  };
  return new MapauditError(
    'listen-failed',
    `cannot listen on ${hostText(host)}:${port}: ${why[error.code ?? ''] ?? error.message}`,
    { hint: 'Take another port, or one that is free: --listen 127.0.0.1:0.', cause: error },
  );
}
