import { isIP } from 'node:net';
import { MapauditError } from '../base/errors.ts';

/** Where the service listens. */
export interface ListenAt {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
}

export const DEFAULT_LISTEN: ListenAt = { host: '127.0.0.1', port: 7777 };

/** `127.0.0.1:7777`, `[::1]:7777`, `localhost:0`, `:7777` (loopback). Error: `listen`. */
export function parseListen(text: string): ListenAt {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):(\d{1,5})$/u.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new MapauditError('listen', `${JSON.stringify(text)} is no address to listen on`, {
      hint: 'Say HOST:PORT, for example 127.0.0.1:7777. Port 0 takes one that is free.',
    });
  const host = match[1] ?? match[2] ?? '';
  return { host: host === '' ? DEFAULT_LISTEN.host : host, port };
}

/** Reached from this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** As it stands in an address: IPv6 in brackets. */
export const hostText = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);
