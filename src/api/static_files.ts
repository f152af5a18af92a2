import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { MapauditError } from '../base/errors.ts';
import type { Answer } from './answer.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Files that are named by their content stay what they are. */
const HASHED = /[-.][0-9A-Za-z]{8,}\.[a-z0-9]+$/u;
/** Only names of these characters are files of a page: no dots at the beginning, no way up, nothing encoded. */
const NAME = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/u;

/**
 * A file of the page. A path without an ending is one of the page's own views, which all begin with index.html. Error:
 * `no-such-path`.
 */
export async function pageFile(root: string | undefined, path: string): Promise<Answer> {
  if (root === undefined)
    throw new MapauditError('no-such-path', 'this mapaudit was built without the page', {
      hint: 'The API is there: /api/v1/openapi.json says what it answers.',
    });
  const isView = path === '/' || (NAME.test(path) && extname(path) === '');
  if (!isView && !NAME.test(path)) throw noSuchPath(path);
  const file = isView ? 'index.html' : path.slice(1);
  const contentType = TYPES[extname(file)];
  if (contentType === undefined) throw noSuchPath(path);
  return {
    status: 200,
    contentType,
    body: await readWithin(root, file, path),
    headers: { 'cache-control': HASHED.test(file) ? 'max-age=31536000, immutable' : 'no-cache' },
  };
}

/** A link that leads out of the folder is no file of it. */
async function readWithin(root: string, file: string, path: string): Promise<Uint8Array> {
  try {
    const inside = (await realpath(root)) + sep;
    const real = await realpath(join(inside, file));
    if (real.startsWith(inside)) return await readFile(real);
  } catch {
    // A folder, or nothing.
  }
  throw noSuchPath(path);
}

export const noSuchPath = (path: string): MapauditError =>
  new MapauditError('no-such-path', `there is nothing at ${JSON.stringify(path.slice(0, 200))}`, {
    hint: 'The API begins with /api/v1; /api/v1/openapi.json says what it answers.',
  });
