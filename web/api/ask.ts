import type {
  ApiEvents,
  ApiFindings,
  ApiKey,
  ApiLayout,
  ApiMap,
  ApiOverview,
  ApiRates,
  ApiSitePage,
  ApiStatus,
  ApiTable,
} from '../../src/protocol/api.ts';
import { currentToken } from './token.ts';

/** What each path answers. */
export interface Answers {
  readonly status: ApiStatus;
  readonly overview: ApiOverview;
  readonly rates: ApiRates;
  readonly findings: ApiFindings;
  readonly map: ApiMap;
  readonly layout: ApiLayout;
  readonly site: ApiSitePage;
  readonly key: ApiKey;
  readonly events: ApiEvents;
  readonly query: ApiTable;
}

export type Params = Readonly<Record<string, string | number | undefined>>;

/** Why there is no answer. `gone`: nobody listens there. `token`: the server does not know us. */
export class AskError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly kind: 'gone' | 'token' | 'refused';

  constructor(kind: AskError['kind'], code: string, message: string, hint?: string) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.hint = hint;
  }
}

/** Asks the server that this page came from. Throws AskError, or what an abort throws. */
export async function ask<P extends keyof Answers>(
  path: P,
  params: Params,
  signal: AbortSignal,
): Promise<Answers[P]> {
  const response = await open(path, params, signal);
  const answer: unknown = await response.json().catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new AskError('refused', 'bad-answer', `The answer to ${path} is no JSON.`);
  });
  if (isAnswer(path, answer)) return answer;
  throw new AskError(
    'refused',
    'bad-answer',
    `The answer to ${path} is not what this page knows.`,
    'The page is of another version than the server: reload it.',
  );
}

/** The response to a question that the server has not refused. */
export async function open(path: string, params: Params, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(addressOf(path, params), { signal, headers: headers(), cache: 'no-store' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AskError('gone', 'no-server', 'mapaudit serve does not answer.', 'sudo mapaudit serve');
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** Beside the page itself, so that a prefix of a proxy stays. */
export function addressOf(path: string, params: Params): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== undefined && value !== '') given.set(name, String(value));
  const query = given.toString();
  return `api/v1/${path}${query === '' ? '' : `?${query}`}`;
}

function headers(): Record<string, string> {
  const token = currentToken();
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function refusal(response: Response): Promise<AskError> {
  const answer: unknown = await response.json().catch(() => undefined);
  const kind = response.status === 401 ? 'token' : 'refused';
  return errorOf(answer, kind, `http-${response.status}`, `The server answered ${response.status}.`);
}

/** What the server said went wrong; the other texts stand for what it did not say. */
export function errorOf(answer: unknown, kind: AskError['kind'], code: string, message: string): AskError {
  return new AskError(
    kind,
    textOf(answer, 'code') ?? code,
    textOf(answer, 'message') ?? message,
    textOf(answer, 'hint'),
  );
}

function textOf(answer: unknown, name: string): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const value: unknown = Object.entries(answer).find(([field]) => field === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

function isAnswer<P extends keyof Answers>(path: P, answer: unknown): answer is Answers[P] {
  return textOf(answer, 'type') === (path === 'query' ? 'table' : path);
}
