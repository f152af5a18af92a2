import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { MapauditError } from '../base/errors.ts';
import { isLoopback, isWildcard, type ListenAt } from './listen.ts';

/** Who may ask: by the name under which the service is reached, the page that asks, and the token. */
export class Access {
  readonly #listen: ListenAt;
  readonly #digest: Buffer;

  /** `listen` with the port that it got. */
  constructor(listen: ListenAt, token: string) {
    this.#listen = listen;
    this.#digest = digestOf(token);
  }

  /** Cookies are the same for all ports of a host: its name has the port. */
  get cookie(): string {
    return `mapaudit_${this.#listen.port}`;
  }

  /** Nobody beyond this machine can reach it. */
  get isLocal(): boolean {
    return isLoopback(this.#listen.host);
  }

  /**
   * A page elsewhere can give its own name this machine's address, and then ask in its own name (DNS rebinding): so
   * the name must be one that nobody else can give away. Error: `wrong-host`.
   */
  checkHost({ headers }: IncomingMessage): void {
    const host = headers.host ?? '';
    if (this.#knowsHost(host)) return;
    throw new MapauditError(
      'wrong-host',
      `this service is not called ${JSON.stringify(host.slice(0, 100))}`,
      {
        hint: `Use the address that mapaudit serve has printed, at ${this.#listen.host} port ${this.#listen.port}.`,
      },
    );
  }

  /** A browser says which page asks: only the service's own may. Error: `wrong-origin`. */
  checkOrigin({ headers }: IncomingMessage): void {
    const { origin, host } = headers;
    const site = headers['sec-fetch-site'];
    const isOwn =
      origin === undefined || origin === `http://${host ?? ''}` || origin === `https://${host ?? ''}`;
    if (isOwn && (site === undefined || site === 'same-origin' || site === 'none')) return;
    throw new MapauditError('wrong-origin', 'a page of another origin asks', {
      hint: 'Only the page of this service may; other programs send no Origin.',
    });
  }

  /** Error: `no-token`. */
  checkToken({ headers }: IncomingMessage): void {
    const bearer = /^Bearer (\S+)$/u.exec(headers.authorization ?? '')?.[1];
    const token = bearer ?? cookieOf(headers.cookie ?? '', this.cookie);
    if (token !== undefined && this.isToken(token)) return;
    throw new MapauditError('no-token', token === undefined ? 'a token is needed' : 'the token is wrong', {
      hint: 'Open the address that mapaudit serve has printed, or send Authorization: Bearer TOKEN.',
    });
  }

  /** Takes as long whatever the text is. */
  isToken(text: string): boolean {
    return timingSafeEqual(digestOf(text), this.#digest);
  }

  #knowsHost(text: string): boolean {
    const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/u.exec(text.toLowerCase());
    const name = match?.[1] ?? match?.[2];
    if (match === null || name === undefined) return false;
    const { host, port } = this.#listen;
    // Where others forward to it (containers), the port outside may be another.
    if (isWildcard(host))
      return isIP(name) !== 0 || name === 'localhost' || name === hostname().toLowerCase();
    if (Number(match[3] ?? 80) !== port) return false;
    return name === host.toLowerCase() || (isLoopback(host) && isLoopback(name));
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

function cookieOf(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}
