import { MapauditError } from '../../base/errors.ts';
import type { SecretText } from '../../rules/definition.ts';
import { regularFile } from '../regular_file.ts';

const MOST_BYTES = 1 << 20;

const REFERENCE = /\$\{(env|file):([^}]+)\}/g;

/**
 * The text with its references filled in. Read anew each time, so that what is rotated is used. What comes out is never
 * printed: errors name the reference alone. Error: `secret-missing`.
 */
export function secretOf({ template }: SecretText, env: NodeJS.ProcessEnv = process.env): string {
  return template.replaceAll(REFERENCE, (_, kind: string, name: string) =>
    kind === 'env' ? fromEnvironment(name, env) : fromFile(name),
  );
}

/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

/** What stands for a secret. */
const HIDDEN = '***';
/** Shorter ones would be found in many a word. */
const LEAST_SECRET = 4;

/** Hides the values of all references in some texts, and what those texts come to. Of values that are there now. */
export function maskOf(texts: readonly SecretText[]): Mask {
  return (text) =>
    texts
      .flatMap((secret) => valuesOf(secret))
      .filter(({ length }) => length >= LEAST_SECRET)
      .sort((a, b) => b.length - a.length)
      .reduce((masked, value) => masked.replaceAll(value, HIDDEN), text);
}

function valuesOf(secret: SecretText): readonly string[] {
  const references = [...secret.template.matchAll(REFERENCE)].map(([template]) => ({ template }));
  return references.length === 0 ? [] : [secret, ...references].flatMap(valueNow);
}

function valueNow(secret: SecretText): readonly string[] {
  try {
    return [secretOf(secret)];
  } catch {
    return [];
  }
}

function fromEnvironment(name: string, env: NodeJS.ProcessEnv): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw missing(`\${env:${name}}`, 'the environment of mapaudit has no such variable', name);
}

/** The last line end of a file is no part of a secret. */
function fromFile(path: string): string {
  try {
    const text = regularFile(path, MOST_BYTES, '')
      .toString()
      .replace(/\r?\n$/, '');
    if (text !== '') return text;
  } catch {
    throw missing(`\${file:${path}}`, 'the file cannot be read', path);
  }
  throw missing(`\${file:${path}}`, 'the file is empty', path);
}

const missing = (reference: string, why: string, name: string): MapauditError =>
  new MapauditError('secret-missing', `${reference} has no value: ${why}`, {
    hint: 'Set it before mapaudit starts, or change the rules file.',
    fields: { name },
  });
