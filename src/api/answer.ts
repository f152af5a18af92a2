import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isMapauditError } from '../base/errors.ts';
import { jsonLine } from '../base/json_line.ts';
import type { ApiError } from '../protocol/api.ts';

/** On every answer. The page has all it needs from here: nothing is asked of anybody else. */
export const SECURITY_HEADERS: OutgoingHttpHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: OutgoingHttpHeaders;
}

/** Sends it; of HEAD only what stands before it. */
export function send(response: ServerResponse, { status, contentType, body, headers }: Answer): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    'content-type': contentType,
    'content-length': bytes.byteLength,
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

export const json = (value: unknown, status = 200, headers: OutgoingHttpHeaders = {}): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: `${jsonLine(value)}\n`,
  headers,
});

const STATUS: Readonly<Record<string, number>> = {
  'no-token': 401,
  'wrong-host': 403,
  'wrong-origin': 403,
  'not-there': 404,
  'no-such-process': 404,
  'no-such-path': 404,
  'method-not-allowed': 405,
  'body-too-large': 413,
  'body-type': 415,
  'too-many-requests': 503,
  'too-many-clients': 503,
  'sql-busy': 503,
};

/** What went wrong, in words for whoever asked. What only a fault of ours can cause is told to nobody outside. */
export function failure(error: unknown): Answer {
  if (!isMapauditError(error)) {
    const answer: ApiError = { type: 'error', code: 'internal', message: 'a fault of mapaudit itself' };
    return json(answer, 500);
  }
  const { code, message, hint } = error;
  const answer: ApiError = { type: 'error', code, message, ...(hint === undefined ? {} : { hint }) };
  const status = STATUS[code] ?? (code.startsWith('no-such-') ? 404 : 400);
  const allow = error.fields['allow'];
  return json(answer, status, {
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="mapaudit"' } : {}),
    ...(status === 503 ? { 'retry-after': '2' } : {}),
    ...(typeof allow === 'string' ? { allow } : {}),
  });
}
