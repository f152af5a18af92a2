import type { IncomingMessage } from 'node:http';
import { MapauditError } from '../base/errors.ts';

/** No statement that somebody writes is longer. */
export const MOST_BYTES = 64 * 1024;

/** The statement in a body. Errors: `body-too-large`, `body-type`, `bad-body`. */
export async function statementOf(request: IncomingMessage): Promise<string> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'text/plain')
    throw new MapauditError('body-type', 'the body is neither application/json nor text/plain', {
      hint: 'Send {"sql": "SELECT …"} with Content-Type: application/json.',
    });
  const text = await bodyOf(request);
  const sql = type === 'text/plain' ? text : sqlOf(text);
  if (sql.trim() === '') throw badBody('has no statement');
  return sql;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  // What is left of one that is too large is not read; the answer must still go out.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_BYTES)
      throw new MapauditError('body-too-large', `the body has more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw badBody('is no UTF-8');
  }
}

function sqlOf(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badBody('is no JSON');
  }
  const sql = typeof value === 'object' && value !== null && 'sql' in value ? value.sql : undefined;
  if (typeof sql !== 'string') throw badBody('has no text "sql"');
  return sql;
}

const badBody = (problem: string): MapauditError =>
  new MapauditError('bad-body', `the body ${problem}`, {
    hint: 'Send {"sql": "SELECT …"} with Content-Type: application/json.',
  });
