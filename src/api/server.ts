import type { IncomingMessage, ServerResponse } from 'node:http';
import { MapauditError } from '../base/errors.ts';
import type { ApiQuestions } from '../protocol/api.ts';
import type { Access } from './access.ts';
import { type Answer, failure, json, send } from './answer.ts';
import { Asked } from './asked.ts';
import { statementOf } from './body.ts';
import { sendLive } from './live_stream.ts';
import { BASE } from './open_api.ts';
import { type Route, ROUTES } from './routes.ts';
import { noSuchPath, pageFile } from './static_files.ts';

/** The metrics of the service in the form that a scraper prefers, by its Accept header. */
export type Metrics = (accept: string | undefined) => { readonly body: string; readonly contentType: string };

/** What a server answers from. */
export interface Answers {
  readonly questions: ApiQuestions;
  readonly metrics: Metrics | undefined;
  readonly webRoot: string | undefined;
  readonly document: object;
  /** Told of what only a fault of ours can cause. */
  readonly fault: (error: unknown) => void;
}

/** Questions that are answered at the same time; a page asks some ten at once. */
const MOST_QUESTIONS = 64;
/** Live streams at the same time: each keeps a bounded queue. */
const MOST_LIVE = 256;

/** Answers requests: who asks is checked first, then what. */
export class ApiServer {
  readonly #access: Access;
  readonly #from: Answers;
  readonly #ending: AbortSignal;
  #questions = 0;
  #live = 0;

  constructor(access: Access, from: Answers, ending: AbortSignal) {
    this.#access = access;
    this.#from = from;
    this.#ending = ending;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(request, response);
      if (answer !== undefined) send(response, answer);
    } catch (error) {
      if (!(error instanceof MapauditError)) this.#from.fault(error);
      if (response.headersSent) response.destroy();
      else this.#refuse(request, response, error);
    }
  }

  /** What was not read of a request would be taken for the next: the connection ends with the answer. */
  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (!request.complete) response.setHeader('connection', 'close');
    send(response, failure(error));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    this.#access.checkHost(request);
    const url = urlOf(request);
    const { pathname: path } = url;
    if (path === BASE || path.startsWith('/api/')) return this.#api(url, request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') throw notAllowed('GET, HEAD');
    if (path === '/healthz') return this.#health();
    if (path === '/metrics') return this.#metrics(request);
    const token = path === '/' ? url.searchParams.get('token') : null;
    if (token !== null) return this.#welcome(token, url);
    return pageFile(this.#from.webRoot, path);
  }

  async #api(url: URL, request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    this.#access.checkOrigin(request);
    this.#access.checkToken(request);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (url.pathname === `${BASE}/openapi.json`) {
      if (method !== 'GET') throw notAllowed('GET, HEAD');
      return json(this.#from.document);
    }
    const there = ROUTES.filter(({ path }) => url.pathname === BASE + path);
    const route = there.find((one) => one.method === method);
    if (there.length === 0) throw noSuchPath(url.pathname);
    if (route === undefined) throw notAllowed(there.map((one) => one.method).join(', '));
    const asked = new Asked(url.searchParams, route.parameters);
    if (route.how.type === 'json') return this.#question(route.how.answer, asked, request, response, route);
    await this.#stream(route.how.open, asked, request, response);
    return undefined;
  }

  async #question(
    answer: (ask: ApiQuestions, asked: Asked, body: string) => Promise<unknown>,
    asked: Asked,
    request: IncomingMessage,
    response: ServerResponse,
    { method }: Route,
  ): Promise<Answer> {
    if (this.#questions >= MOST_QUESTIONS)
      throw new MapauditError('too-many-requests', `${MOST_QUESTIONS} questions are being answered already`, {
        hint: 'Ask again in a moment.',
      });
    this.#questions++;
    // What a client has left is not looked for to the end.
    const gone = new AbortController();
    const end = (): void => gone.abort();
    response.once('close', end);
    try {
      const body = method === 'POST' ? await statementOf(request) : '';
      const { questions } = this.#from;
      return json(await answer({ ...questions, ...questions.endingWith?.(gone.signal) }, asked, body));
    } finally {
      response.off('close', end);
      this.#questions--;
    }
  }

  async #stream(
    open: (ask: ApiQuestions, asked: Asked, signal: AbortSignal) => ReturnType<ApiQuestions['live']>,
    asked: Asked,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method === 'HEAD') {
      send(response, { status: 200, contentType: 'text/event-stream; charset=utf-8', body: '' });
      return;
    }
    if (this.#live >= MOST_LIVE)
      throw new MapauditError('too-many-clients', `${MOST_LIVE} clients watch already`, {
        hint: 'Close one of them, or ask /rates every few seconds.',
      });
    this.#live++;
    try {
      await sendLive(response, (signal) => open(this.#from.questions, asked, signal), this.#ending);
    } finally {
      this.#live--;
    }
  }

  /** `ok`, and how many processes are still to be looked at where there are any. */
  #health(): Answer {
    const { to_come: toCome = 0 } = this.#from.questions.status();
    const more = toCome === 0 ? '' : `${toCome} processes still to be looked at\n`;
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: `ok\n${more}` };
  }

  #metrics(request: IncomingMessage): Answer {
    const { metrics } = this.#from;
    if (metrics === undefined) throw noSuchPath('/metrics');
    // Scrapers of this machine need none; what can be reached from elsewhere is for those who have it.
    if (!this.#access.isLocal) this.#access.checkToken(request);
    const { body, contentType } = metrics(request.headers.accept);
    return { status: 200, contentType, body };
  }

  /** The token goes from the address into a cookie, so that it stands in no history and no link. */
  #welcome(token: string, url: URL): Answer {
    if (!this.#access.isToken(token))
      throw new MapauditError('no-token', 'the token in the address is wrong', {
        hint: 'Each start of mapaudit serve makes another one: take the address that it has printed.',
      });
    url.searchParams.delete('token');
    return {
      status: 303,
      contentType: 'text/plain; charset=utf-8',
      body: '',
      headers: {
        location: `/${url.search}`,
        'set-cookie': `${this.#access.cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`,
      },
    };
  }
}

/** A path that means another one than it says (`/../x`, `//host`) is none of ours. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  try {
    const parsed = new URL(`http://localhost${url}`);
    if (url.startsWith('/') && parsed.pathname === url.split(/[?#]/u)[0]) return parsed;
  } catch {
    // Not even that.
  }
  throw noSuchPath(url);
}

const notAllowed = (allow: string): MapauditError =>
  new MapauditError('method-not-allowed', `only ${allow} can be asked here`, { fields: { allow } });
